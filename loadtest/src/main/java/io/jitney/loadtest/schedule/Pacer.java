package io.jitney.loadtest.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for the next arrival of all streams and hands what is due to the event loop, in order of
 * time. A thread of its own, because an event loop's timers are a millisecond wide: that much would
 * be added to every latency.
 *
 * <p>When the loop cannot keep up, the pacer waits for it; what is due meanwhile keeps its due time
 * and is handed over late.
 */
public final class Pacer implements Runnable {
  private static final int MOST_BATCHES = 1000;
  private static final int MOST_IN_BATCH = 1000;

  /** Takes requests that are due, on the event loop. */
  public interface Sender {
    /**
     * Sends one now.
     *
     * @param dueNanos by {@link System#nanoTime}
     */
    void due(long dueNanos);
  }

  /** A stream and when its requests are due. */
  public record Entry(ArrivalTimes times, Sender sender) {}

  private record Due(long nanos, Entry entry) {}

  private final long start;
  private final Executor loop;
  private final Semaphore batches = new Semaphore(MOST_BATCHES);
  private final PriorityQueue<Due> queue =
      new PriorityQueue<>((a, b) -> Long.compare(a.nanos, b.nanos));

  /** Sends what is due from {@code startNanos} on. */
  public Pacer(long startNanos, Executor loop, List<Entry> entries) {
    start = startNanos;
    this.loop = loop;
    entries.forEach(this::enqueue);
  }

  /** Returns when all is sent. */
  @Override
  public void run() {
    while (!queue.isEmpty()) {
      sleepUntil(start + queue.element().nanos);
      long now = System.nanoTime() - start;
      List<Due> batch = new ArrayList<>();
      while (batch.size() < MOST_IN_BATCH && !queue.isEmpty() && queue.element().nanos <= now) {
        Due due = queue.remove();
        batch.add(due);
        enqueue(due.entry);
      }
      hand(batch);
    }
  }

  private void hand(List<Due> batch) {
    batches.acquireUninterruptibly();
    loop.execute(
        () -> {
          batches.release();
          for (Due due : batch) {
            due.entry.sender.due(start + due.nanos);
          }
        });
  }

  private void enqueue(Entry entry) {
    long next = entry.times.next();
    if (next != ArrivalTimes.NEVER) {
      queue.add(new Due(next, entry));
    }
  }

  private static void sleepUntil(long nanos) {
    long left;
    while ((left = nanos - System.nanoTime()) > 0) {
      LockSupport.parkNanos(left);
    }
  }
}
