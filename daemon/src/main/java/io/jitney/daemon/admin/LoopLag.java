package io.jitney.daemon.admin;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How late the event loops are: the time from a task's submission to its turn. A loop that is stuck
 * shows how long it has been, since its unanswered task is never submitted twice.
 */
final class LoopLag {
  private static final long PATIENCE_MILLIS = 100;

  private final List<Context> loops;

  /** Start of the task that a loop has not answered; 0: none. */
  private final List<AtomicLong> asked = new ArrayList<>();

  private final List<AtomicLong> lags = new ArrayList<>();

  LoopLag(List<Context> loops) {
    this.loops = loops;
    loops.forEach(
        loop -> {
          asked.add(new AtomicLong());
          lags.add(new AtomicLong());
        });
  }

  /** Nanoseconds for each loop. Waits for the loops, but a tenth of a second at most. */
  long[] measure() throws InterruptedException {
    CountDownLatch answers = new CountDownLatch(loops.size());
    for (int i = 0; i < loops.size(); i++) {
      AtomicLong start = asked.get(i);
      AtomicLong lag = lags.get(i);
      if (start.compareAndSet(0, System.nanoTime())) {
        loops
            .get(i)
            .runOnContext(
                turn -> {
                  lag.set(System.nanoTime() - start.getAndSet(0));
                  answers.countDown();
                });
      }
    }
    boolean all = answers.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    long[] nanos = new long[loops.size()];
    for (int i = 0; i < nanos.length; i++) {
      long since = asked.get(i).get();
      nanos[i] = all || since == 0 ? lags.get(i).get() : System.nanoTime() - since;
    }
    return nanos;
  }
}
