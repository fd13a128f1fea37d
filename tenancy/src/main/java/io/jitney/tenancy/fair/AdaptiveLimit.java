package io.jitney.tenancy.fair;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Finds how many calls at one time a resource can take, by the latency it answers with: while that
 * is near the best it has shown, the limit grows as long as it is used; when it rises, calls queue
 * inside of the resource, and the limit shrinks in proportion (a gradient, as Vegas and Netflix's
 * limits); when it fails from overload, the limit shrinks by a tenth at once.
 *
 * <p>Looks at windows of time and compares their median, so that a few slow calls among many say
 * nothing. When the best latency was not seen again for some time, few calls are let through for
 * one window and what they find is the best from then on; so a resource that became slower for good
 * is not strangled for ever, and a queue that stands in it is not taken for its nature.
 *
 * <p>Threads: any; short locks.
 */
public final class AdaptiveLimit {
  /** How a call ended, as far as the limit is concerned. */
  public enum Outcome {
    /** It was answered: its latency counts. */
    ANSWERED,
    /** The resource was overloaded: timed out, refused, turned away. */
    OVERLOADED,
    /** It says nothing: cancelled, never got there, failed for reasons of its own. */
    UNKNOWN
  }

  private static final long WINDOW_NANOS = 100_000_000;
  private static final int LEAST_SAMPLES = 10;
  private static final int MOST_SAMPLES = 256;

  /** Latency up to so many times the best is no sign of a queue. */
  private static final double TOLERANCE = 2;

  /** Latency up to so many times the best confirms it. */
  private static final double NEAR = 1.25;

  /** Windows without confirmation after which the best is looked for anew. */
  private static final int DOUBTFUL = 50;

  /** Differences below this are the machine's, not the resource's. */
  private static final double NOISE_NANOS = 2_000_000;

  private static final double BACK_OFF = 0.9;

  private final int min;
  private final int max;
  private final LongSupplier clock;

  // Guarded by this.
  private final long[] samples = new long[MOST_SAMPLES];
  private int count;
  private int busiest;
  private boolean overloaded;
  private long windowEnd;
  private double best;
  private double limit;
  private int unconfirmed;
  private boolean probing;
  private volatile int current;

  /**
   * @param min never fewer calls than these
   * @param start calls before anything is known
   * @param max never more calls than these
   */
  public AdaptiveLimit(int min, int start, int max) {
    this(min, start, max, System::nanoTime);
  }

  /** For tests that bring their own time. */
  public AdaptiveLimit(int min, int start, int max, LongSupplier nanoClock) {
    if (min < 1 || start < min || max < start) {
      throw new IllegalArgumentException(
          "1 <= min <= start <= max, not " + min + ", " + start + ", " + max);
    }
    this.min = min;
    this.max = max;
    this.clock = nanoClock;
    this.limit = start;
    this.current = start;
    this.windowEnd = nanoClock.getAsLong() + WINDOW_NANOS;
  }

  /** Calls at one time, now. */
  public int limit() {
    return current;
  }

  /** The best latency known, in nanoseconds; 0 before the first window's end. */
  public synchronized long bestNanos() {
    return (long) best;
  }

  /**
   * Tells of a call that is over.
   *
   * @param latencyNanos from its begin, not from when it began to wait
   * @param inFlight calls that were under way, it included
   * @return true when the limit has changed
   */
  public synchronized boolean sample(long latencyNanos, int inFlight, Outcome outcome) {
    busiest = Math.max(busiest, inFlight);
    switch (outcome) {
      case ANSWERED -> {
        // Beyond what a window keeps, later samples replace earlier ones.
        samples[count % MOST_SAMPLES] = Math.max(1, latencyNanos);
        count++;
      }
      case OVERLOADED -> overloaded = true;
      case UNKNOWN -> {}
    }
    long now = clock.getAsLong();
    if (now - windowEnd < 0 || (count < LEAST_SAMPLES && !overloaded)) {
      return false;
    }
    int before = current;
    adapt();
    count = 0;
    busiest = 0;
    overloaded = false;
    windowEnd = now + WINDOW_NANOS;
    return current != before;
  }

  private void adapt() {
    if (overloaded) {
      probing = false;
      change(limit * BACK_OFF);
      return;
    }
    double now = median();
    if (probing) {
      probing = false;
      best = now;
      change(limit);
      return;
    }
    best = best == 0 ? now : Math.min(now, best);
    unconfirmed = now <= NEAR * best + NOISE_NANOS ? 0 : unconfirmed + 1;
    double allowed = TOLERANCE * best + NOISE_NANOS;
    if (now > allowed) {
      change(limit * Math.max(0.5, allowed / now));
    } else if (busiest >= limit / 2) {
      change(limit + Math.sqrt(limit));
    }
    if (unconfirmed >= DOUBTFUL) {
      unconfirmed = 0;
      probing = true;
      current = (int) Math.max(min, limit / 4);
    }
  }

  private void change(double wanted) {
    limit = Math.clamp(wanted, min, max);
    current = (int) limit;
  }

  private long median() {
    int known = Math.min(count, MOST_SAMPLES);
    Arrays.sort(samples, 0, known);
    return samples[known / 2];
  }
}
