package io.jitney.tenancy.lifecycle;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells listeners about changes in the order in which the changes were made, but outside the lock
 * under which they were made: a listener may take its own locks, or make a further change, without
 * a deadlock.
 *
 * <p>One thread delivers at a time. A thread that finds another one delivering leaves its change to
 * that one and goes on.
 *
 * @param <L> the kind of listener
 */
public final class Announcer<L> {
  private final List<L> listeners = new CopyOnWriteArrayList<>();
  private final Queue<Consumer<L>> undelivered = new ConcurrentLinkedQueue<>();
  private final AtomicInteger deliveries = new AtomicInteger();

  public void add(L listener) {
    listeners.add(listener);
  }

  public void remove(L listener) {
    listeners.remove(listener);
  }

  /** Call it under the lock that gives changes their order; costs nothing without listeners. */
  public void enqueue(Consumer<L> change) {
    if (!listeners.isEmpty()) {
      undelivered.add(change);
    }
  }

  /** Call it after that lock is released. */
  public void deliver() {
    if (undelivered.isEmpty() || deliveries.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    while (seen != 0) {
      for (Consumer<L> change = undelivered.poll(); change != null; change = undelivered.poll()) {
        announce(change);
      }
      // Whoever came meanwhile has left its change to this thread: look again before leaving.
      seen = deliveries.addAndGet(-seen);
    }
  }

  private void announce(Consumer<L> change) {
    for (L listener : listeners) {
      try {
        change.accept(listener);
      } catch (Throwable e) { // an Error too: it must not leave later changes undelivered
        System.getLogger("io.jitney.tenancy").log(Level.ERROR, "A listener failed", e);
      }
    }
  }
}
