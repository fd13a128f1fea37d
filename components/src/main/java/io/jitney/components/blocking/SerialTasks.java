package io.jitney.components.blocking;

import java.util.ArrayDeque;

/**
 * Runs what blocks, one after the other, on a virtual thread that is there while there is something
 * to do. The number of tasks is bounded by who gives them. Thread-safe.
 */
public final class SerialTasks {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final String name;
  private boolean running;

  /**
   * @param name of the thread
   */
  public SerialTasks(String name) {
    this.name = name;
  }

  public void add(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    Thread.ofVirtual().name(name).start(this::run);
  }

  private void run() {
    while (true) {
      Runnable next;
      synchronized (tasks) {
        next = tasks.poll();
        if (next == null) {
          running = false;
          return;
        }
      }
      next.run();
    }
  }
}
