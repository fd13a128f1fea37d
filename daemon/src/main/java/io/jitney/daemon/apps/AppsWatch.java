package io.jitney.daemon.apps;

import io.jitney.daemon.files.FileLook;
import io.jitney.daemon.files.YamlFiles;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.node.CallerIdentity;
import io.jitney.daemon.node.NodeHealth;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.wake.Sleepers;
import io.jitney.tenancy.TenantRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the apps file, or all files of the apps folder, and again when they change, as {@link
 * YamlFiles} says. Token files that apps refer to are looked at in the same way.
 */
public final class AppsWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AppsWatch.class);

  private final YamlFiles files;
  private final ScheduledExecutorService thread;
  private final DeclaredApps apps;
  private final NodeHealth health;
  private final Consumer<String> log;
  private List<FileLook> tokens = List.of();
  private List<Path> tokenFiles = List.of();
  private boolean settled;
  private @Nullable Future<?> looking;

  /**
   * @param path file or folder
   * @param environment the daemon's: tokens by reference come from there
   * @param sleepers the node's apps that scale to zero
   * @param resources folder for apps that name none; null: they have no resources
   * @param log gets a line for each thing that is done or wrong; free of secrets
   */
  public AppsWatch(
      Path path,
      NodeSidecars sidecars,
      TenantRegistry<AppInstance> registry,
      CallerIdentity identity,
      NodeHealth health,
      Map<String, String> environment,
      Sleepers sleepers,
      @Nullable Path resources,
      Consumer<String> log) {
    this.files = new YamlFiles(path);
    this.health = health;
    this.log = log;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("apps").daemon().factory());
    this.apps =
        new DeclaredApps(
            registry,
            identity,
            new DeclaredApp.Node(sidecars, thread, environment, sleepers, resources, log));
  }

  public DeclaredApps apps() {
    return apps;
  }

  /**
   * Reads for the first time and begins to watch; the daemon is ready when each app runs or has
   * failed.
   */
  public void start() {
    health.add("apps");
    thread.execute(this::first);
    looking =
        thread.scheduleWithFixedDelay(
            this::look, YamlFiles.LOOK_MILLIS, YamlFiles.LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void first() {
    try {
      read(files.read());
    } catch (IOException | RuntimeException failure) {
      unreadable(failure);
    }
  }

  private void look() {
    try {
      List<YamlFiles.Content> changed = files.readIfChanged();
      if (changed != null) {
        read(changed);
      }
      List<FileLook> tokensNow = FileLook.of(tokenFiles);
      if (!tokensNow.equals(tokens)) {
        tokens = tokensNow;
        apps.refreshTokens();
      }
    } catch (IOException | RuntimeException failure) {
      unreadable(failure);
    }
    apps.refreshStatus();
    if (!settled && apps.settled()) {
      settled = true;
      health.ready("apps");
    }
  }

  /** The whole path is gone or closed to us: that is no reason to close every app. */
  private void unreadable(Exception failure) {
    if (failure instanceof RuntimeException broken) {
      LOG.error("reading the apps failed", broken);
    }
    String what =
        "apps: " + files.path() + " cannot be read, what runs goes on: " + failure.getMessage();
    if (!what.equals(lastTrouble)) {
      lastTrouble = what;
      log.accept(what);
    }
  }

  private String lastTrouble = "";

  private void read(List<YamlFiles.Content> contents) {
    AppsParser parser = new AppsParser();
    for (YamlFiles.Content one : contents) {
      String text = one.text();
      if (text == null) {
        parser.unreadable(one.file(), 0, one.trouble());
      } else {
        parser.add(one.file(), text);
      }
    }
    ParsedApps parsed = parser.result();
    lastTrouble = "";
    tokenFiles =
        parsed.apps().stream()
            .map(AppResource::apiToken)
            .filter(SecretReference.InFile.class::isInstance)
            .map(reference -> ((SecretReference.InFile) reference).path())
            .distinct()
            .toList();
    tokens = FileLook.of(tokenFiles);
    apps.apply(parsed);
  }

  /** Stops watching; the apps are closed with all other sidecars. */
  @Override
  public void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    thread.execute(apps::closeAll);
    thread.shutdown();
  }
}
