package io.jitney.daemon.policy;

import io.jitney.daemon.files.YamlFiles;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.TenantRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the policies, and again when they change, and gives them to the registry: from the next
 * call on they count, and no call under way notices.
 */
public final class PolicyWatch implements AutoCloseable {

  /** One place where policies stand. */
  private static final class Source {
    final YamlFiles files;
    final boolean amongApps;
    List<PolicyParser.Parsed> parsed = List.of();
    String trouble = "";

    Source(Path path, boolean amongApps) {
      this.files = new YamlFiles(path);
      this.amongApps = amongApps;
    }

    void take(List<YamlFiles.Content> contents) {
      trouble = "";
      parsed = contents.stream().map(one -> PolicyParser.parse(one, amongApps)).toList();
    }
  }

  private final List<Source> sources = new ArrayList<>();
  private final PolicyFiles files = new PolicyFiles();
  private final TenantRegistry<AppInstance> registry;
  private final Consumer<String> log;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("policies").daemon().factory());
  private Set<String> told = Set.of();
  private @Nullable Future<?> looking;
  private volatile List<String> problems = List.of();

  /**
   * @param policies file or folder of policies; null: none
   * @param apps file or folder of apps, where policies may stand too; null: none
   * @param log gets a line for each change and each problem
   */
  public PolicyWatch(
      @Nullable Path policies,
      @Nullable Path apps,
      TenantRegistry<AppInstance> registry,
      Consumer<String> log) {
    this.registry = registry;
    this.log = log;
    if (policies != null) {
      sources.add(new Source(policies, false));
    }
    if (apps != null && !apps.equals(policies)) {
      sources.add(new Source(apps, true));
    }
  }

  /** Reads, at once, so that the first call finds its policy; then begins to watch. Blocks. */
  public void start() {
    if (sources.isEmpty()) {
      return;
    }
    for (Source source : sources) {
      try {
        source.take(source.files.read());
      } catch (IOException failure) {
        unreadable(source, failure);
      }
    }
    apply();
    looking =
        thread.scheduleWithFixedDelay(
            this::look, YamlFiles.LOOK_MILLIS, YamlFiles.LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What is wrong with the files now, a line each; safe from any thread. */
  public List<String> problems() {
    return problems;
  }

  private void look() {
    boolean changed = false;
    for (Source source : sources) {
      try {
        List<YamlFiles.Content> contents = source.files.readIfChanged();
        if (contents != null) {
          source.take(contents);
          changed = true;
        } else if (!source.trouble.isEmpty()) { // it came back as it was
          source.trouble = "";
          changed = true;
        }
      } catch (IOException | RuntimeException failure) {
        changed |= source.trouble.isEmpty();
        unreadable(source, failure);
      }
    }
    if (changed) {
      apply();
    }
  }

  /** The whole path is gone or closed to us: that is no reason to lift every limit. */
  private static void unreadable(Source source, Exception failure) {
    if (!source.amongApps) {
      source.trouble =
          source.files.path()
              + " cannot be read, what it said still counts: "
              + failure.getMessage();
    }
  }

  private void apply() {
    List<PolicyParser.Parsed> all = new ArrayList<>();
    sources.forEach(source -> all.addAll(source.parsed));
    PolicyFiles.Combined combined = files.combine(all);
    registry.policies(now -> now.withPolicies(combined.policies(), combined.classes()));
    List<String> wrong = new ArrayList<>();
    for (Source source : sources) {
      if (!source.trouble.isEmpty()) {
        wrong.add(source.trouble);
      }
    }
    combined.problems().forEach(problem -> wrong.add(problem.toString()));
    wrong.stream()
        .filter(line -> !told.contains(line))
        .forEach(line -> log.accept("policies: " + line));
    told = new HashSet<>(wrong);
    problems = List.copyOf(wrong);
    log.accept(
        "policies: "
            + combined.policies().size()
            + " policies and "
            + combined.classes().size()
            + " classes count"
            + (wrong.isEmpty() ? "" : ", " + wrong.size() + " problems"));
  }

  @Override
  public void close() {
    Future<?> looks = looking;
    if (looks != null) {
      looks.cancel(false);
    }
    thread.shutdown();
  }
}
