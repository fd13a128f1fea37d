package io.jitney.daemon.node;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells who asks when something changes in a folder. One watch service for the node, since the
 * operating system gives few of them; it starts with the first folder. Thread-safe.
 */
public final class FolderWatch {
  private final Map<WatchKey, Set<Watching>> watched = new HashMap<>();
  private @Nullable WatchService service;
  private boolean closed;

  /** What {@link #watch} gives; closing it a second time does nothing. */
  public final class Watching implements AutoCloseable {
    private final WatchKey key;
    private final Runnable changed;

    private Watching(WatchKey key, Runnable changed) {
      this.key = key;
      this.changed = changed;
    }

    @Override
    public void close() {
      remove(this);
    }
  }

  /**
   * Watches a folder, not what is below its folders.
   *
   * @param changed is called after every change, from a thread of the watch: must neither wait nor
   *     fail
   * @throws IOException when there is no such folder, or the operating system gives no more watches
   */
  public synchronized Watching watch(Path folder, Runnable changed) throws IOException {
    if (closed) {
      throw new IOException("the node is closing");
    }
    WatchService running = service;
    if (running == null) {
      running = FileSystems.getDefault().newWatchService();
      service = running;
      WatchService events = running;
      Thread.ofVirtual().name("folder-watch").start(() -> follow(events));
    }
    WatchKey key =
        folder.register(
            running,
            StandardWatchEventKinds.ENTRY_CREATE,
            StandardWatchEventKinds.ENTRY_MODIFY,
            StandardWatchEventKinds.ENTRY_DELETE);
    Watching watching = new Watching(key, changed);
    watched.computeIfAbsent(key, of -> new HashSet<>()).add(watching);
    return watching;
  }

  private void follow(WatchService events) {
    try {
      while (true) {
        WatchKey key = events.take();
        key.pollEvents(); // what changed does not matter: folders are read as a whole
        key.reset();
        of(key).forEach(watching -> watching.changed.run());
      }
    } catch (ClosedWatchServiceException end) {
      // the node closes
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Watching> of(WatchKey key) {
    return List.copyOf(watched.getOrDefault(key, Set.of()));
  }

  private synchronized void remove(Watching watching) {
    Set<Watching> others = watched.get(watching.key);
    if (others != null && others.remove(watching) && others.isEmpty()) {
      watched.remove(watching.key);
      watching.key.cancel();
    }
  }

  /** Folders watched now. */
  public synchronized int size() {
    return watched.size();
  }

  synchronized void close() {
    closed = true;
    watched.clear();
    if (service != null) {
      try {
        service.close();
      } catch (IOException nothingToDo) {
        // it is given back with the process
      }
    }
  }
}
