package io.jitney.daemon.instance;

import io.jitney.daemon.node.FolderWatch;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.resources.LoadedResources;
import io.jitney.daemon.resources.ResourceLoader;
import io.jitney.daemon.subscription.DeclaredSubscriptions;
import io.jitney.daemon.telemetry.InstanceLog;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hot reload of one instance: its resource folders are read again as a whole after a change, and
 * once a minute, where changes are not told (network file systems) and for components that could
 * not be opened. No thread while nothing happens.
 */
final class ResourceReload {
  private static final String SCOPE = "dapr.runtime.hotreload";

  /** Files are written in several steps; also the least time between two readings. */
  private static final long SETTLE_MILLIS = 100;

  private final Node node;
  private final AppInstance instance;
  private final ComponentLoading components;
  private final DeclaredSubscriptions subscriptions;
  private final List<FolderWatch.Watching> watches = new ArrayList<>();
  private long timer = -1;
  private boolean dirty;
  private boolean asked;
  private List<FileFacts> seen = List.of();
  private boolean ready;
  private boolean closed;
  private @Nullable Thread reader;

  private ResourceReload(
      Node node,
      AppInstance instance,
      ComponentLoading components,
      DeclaredSubscriptions subscriptions) {
    this.node = node;
    this.instance = instance;
    this.components = components;
    this.subscriptions = subscriptions;
  }

  /**
   * Begins to watch; call it before the folders are read for the first time, so that no change is
   * missed, and {@link #begin} afterwards.
   *
   * @throws StartupFailure when a folder is not there
   */
  static ResourceReload watch(
      Node node,
      AppInstance instance,
      ComponentLoading components,
      DeclaredSubscriptions subscriptions)
      throws StartupFailure {
    ResourceReload reload = new ResourceReload(node, instance, components, subscriptions);
    for (Path folder : instance.settings().resources().folders()) {
      try {
        reload.watches.add(node.folders().watch(folder, reload::changed));
      } catch (NoSuchFileException missing) {
        reload.close();
        throw new StartupFailure(
            1,
            "failed to create watcher: failed to add target "
                + folder
                + ": no such file or directory");
      } catch (IOException unwatched) {
        if (Files.isDirectory(folder)) { // else reading it will tell
          instance
              .log()
              .warn(
                  SCOPE,
                  "changes in "
                      + folder
                      + " are looked for once a minute: "
                      + unwatched.getMessage());
        }
      }
    }
    return reload;
  }

  /** From now on changes take effect. */
  synchronized void begin() {
    if (closed || instance.settings().resources().folders().isEmpty()) {
      return;
    }
    ready = true;
    seen = facts();
    long interval = instance.settings().resources().reconcileMillis();
    timer = node.vertx().setPeriodic(interval, tick -> reconcile());
    start();
  }

  private synchronized void changed() {
    dirty = true;
    start();
  }

  /** Looks whether something changed, and reads only then. */
  private synchronized void reconcile() {
    asked = true;
    start();
  }

  private synchronized void start() {
    if (ready && (dirty || asked) && reader == null && !closed) {
      reader = Thread.ofVirtual().name("reload " + instance).start(this::read);
    }
  }

  private void read() {
    try {
      while (next()) {
        boolean changed;
        synchronized (this) {
          changed = dirty;
          asked = false;
        }
        if (changed) {
          Thread.sleep(SETTLE_MILLIS);
        }
        synchronized (this) {
          dirty = false;
        }
        List<FileFacts> now = facts();
        if (changed || components.incomplete() || !now.equals(seen)) {
          seen = now;
          reload();
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt(); // the instance closes
    } catch (StartupFailure failure) {
      fail(failure);
    } catch (RuntimeException bug) {
      instance.log().error(SCOPE, "reloading failed: " + bug);
      synchronized (this) {
        reader = null;
      }
    }
  }

  /** Whether there is more to do; else the thread ends. */
  private synchronized boolean next() {
    if (!dirty && !asked || closed) {
      reader = null;
      return false;
    }
    return true;
  }

  /** What tells a changed file from the one before. */
  private record FileFacts(Path file, FileTime modified, long size) {}

  private List<FileFacts> facts() {
    List<FileFacts> facts = new ArrayList<>();
    for (Path folder : instance.settings().resources().folders()) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          facts.add(new FileFacts(file, Files.getLastModifiedTime(file), Files.size(file)));
        }
      } catch (IOException changing) {
        return List.of(); // reading it will tell
      }
    }
    return facts;
  }

  private void reload() throws StartupFailure, InterruptedException {
    for (Path folder : instance.settings().resources().folders()) {
      if (!Files.isDirectory(folder)) {
        instance.log().log(
            InstanceLog.Level.ERROR, SCOPE, "folder " + folder + " is gone; nothing is reloaded");
        return;
      }
    }
    LoadedResources resources = ResourceLoader.load(instance.settings(), instance.log());
    ResiliencyLoading.load(node.vertx(), instance, resources.resiliencies());
    components.reload(resources);
    subscriptions.reload(resources.subscriptions());
  }

  private void fail(StartupFailure failure) {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    instance.fail(failure);
  }

  /** Stops watching. Never fails, does not wait. */
  synchronized Future<Void> close() {
    closed = true;
    watches.forEach(FolderWatch.Watching::close);
    watches.clear();
    if (timer >= 0) {
      node.vertx().cancelTimer(timer);
    }
    if (reader != null) {
      reader.interrupt();
    }
    return Future.succeededFuture();
  }
}
