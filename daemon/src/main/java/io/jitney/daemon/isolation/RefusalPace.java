package io.jitney.daemon.isolation;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How often one tenant is told no. A refusal is mostly reading and answering HTTP, some 20 to 50 µs
 * of a core, so a tenant that does not care about its limit would take a core for nothing. Up to
 * {@value #PER_SECOND} a second, about a twentieth of a core, are answered at once; above that,
 * connections that were refused rest, for as long as it takes to come down to that pace or for
 * {@value #MOST_MILLIS} ms, whichever is less: control traffic may come on the same connection.
 *
 * <p>Threads: any.
 */
final class RefusalPace {
  static final int PER_SECOND = 1_000;
  static final int MOST_MILLIS = 80;

  /** What may come at once, after a quiet time. */
  static final int BURST = 100;

  private static final long STEP_NANOS = 1_000_000_000L / PER_SECOND;
  private static final long MOST_NANOS = MOST_MILLIS * 1_000_000L;
  private static final long BURST_NANOS = BURST * STEP_NANOS;

  /** When the pace would have been kept with what was refused so far; 0: nothing was. */
  private final AtomicLong due = new AtomicLong();

  /** Counts a refusal; says for how long its connection is not to be read. */
  long restNanos(long now) {
    while (true) {
      long before = due.get();
      long from = before == 0 || before - now < 0 ? now : before;
      long after = from + STEP_NANOS;
      if (after - now > BURST_NANOS + MOST_NANOS) {
        after = now + BURST_NANOS + MOST_NANOS;
      }
      if (due.compareAndSet(before, after == 0 ? 1 : after)) {
        return Math.max(0, after - now - BURST_NANOS);
      }
    }
  }
}
