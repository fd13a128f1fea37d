package io.jitney.daemon.apps;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.node.CallerIdentity;
import io.jitney.daemon.node.NodeHealth;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.tenancy.TenantRegistry;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the apps file, or all {@code *.yaml} and {@code *.yml} files of the apps folder, and again
 * when they change.
 *
 * <p>Looks every {@value #LOOK_MILLIS} ms at size, time and identity of the files behind all
 * symbolic links, and reads when two looks in a row agree on a change: so a file that is being
 * written, replaced by a rename, or swapped as a ConfigMap's folder is, is read once and whole.
 * Watching directories would be no cheaper, and misses links and network file systems. Token files
 * that apps refer to are looked at in the same way.
 */
public final class AppsWatch implements AutoCloseable {
  static final long LOOK_MILLIS = 400;
  private static final long MOST_BYTES = 8 << 20;
  private static final Logger LOG = LoggerFactory.getLogger(AppsWatch.class);

  /** Everything of a file that changes when its content does. */
  private record Look(Path file, FileTime time, long size, @Nullable Object key) {}

  private final Path path;
  private final ScheduledExecutorService thread;
  private final DeclaredApps apps;
  private final NodeHealth health;
  private final Consumer<String> log;
  private List<Look> applied = List.of();
  private List<Look> seen = List.of();
  private List<Look> tokens = List.of();
  private List<Path> tokenFiles = List.of();
  private boolean settled;
  private @Nullable Future<?> looking;

  /**
   * @param path file or folder
   * @param environment the daemon's: tokens by reference come from there
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
      @Nullable Path resources,
      Consumer<String> log) {
    this.path = path;
    this.health = health;
    this.log = log;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("apps").daemon().factory());
    this.apps =
        new DeclaredApps(
            registry,
            identity,
            new DeclaredApp.Node(sidecars, thread, environment, resources, log));
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
        thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void first() {
    try {
      List<Look> now = looks(files());
      seen = now;
      read(now);
    } catch (IOException | RuntimeException failure) {
      unreadable(failure);
    }
  }

  private void look() {
    try {
      List<Look> now = looks(files());
      if (!now.equals(applied) && now.equals(seen)) {
        read(now);
      }
      seen = now;
      List<Look> tokensNow = looks(tokenFiles);
      if (!tokensNow.equals(tokens)) {
        tokens = tokensNow;
        apps.refreshTokens();
      }
    } catch (IOException | RuntimeException failure) {
      if (!seen.isEmpty() || applied.isEmpty()) {
        unreadable(failure);
      }
      seen = List.of();
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
    String what = "apps: " + path + " cannot be read, what runs goes on: " + failure.getMessage();
    if (!what.equals(lastTrouble)) {
      lastTrouble = what;
      log.accept(what);
    }
  }

  private String lastTrouble = "";

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(path)) {
      if (!Files.exists(path)) {
        throw new IOException("there is no such file or folder");
      }
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(AppsWatch::isApps).sorted().toList();
    }
  }

  private static boolean isApps(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".")
        && (name.endsWith(".yaml") || name.endsWith(".yml"))
        && Files.isRegularFile(file);
  }

  private static List<Look> looks(List<Path> files) {
    List<Look> looks = new ArrayList<>(files.size());
    for (Path file : files) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        looks.add(
            new Look(file, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
      } catch (IOException gone) {
        looks.add(new Look(file, FileTime.fromMillis(0), -1, null));
      }
    }
    return looks;
  }

  private void read(List<Look> now) {
    AppsParser parser = new AppsParser();
    for (Look look : now) {
      try {
        if (look.size() > MOST_BYTES) {
          parser.unreadable(look.file(), 0, "is larger than " + MOST_BYTES + " bytes");
        } else {
          parser.add(look.file(), Files.readString(look.file(), UTF_8));
        }
      } catch (CharacterCodingException notText) {
        parser.unreadable(look.file(), 0, "is not UTF-8");
      } catch (IOException failure) {
        parser.unreadable(look.file(), 0, "cannot be read: " + failure.getMessage());
      }
    }
    ParsedApps parsed = parser.result();
    applied = now;
    lastTrouble = "";
    tokenFiles =
        parsed.apps().stream()
            .map(AppResource::apiToken)
            .filter(SecretReference.InFile.class::isInstance)
            .map(reference -> ((SecretReference.InFile) reference).path())
            .distinct()
            .toList();
    tokens = looks(tokenFiles);
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
