package io.jitney.daemon.resiliency;

import java.time.Duration;

/**
 * When and how often an attempt is repeated.
 *
 * @param exponential growing waits; otherwise constant ones
 * @param duration the constant wait, or the first of the growing ones
 * @param maxInterval the longest of the growing waits
 * @param maxElapsed when growing waits give up, since the first attempt; zero: never
 * @param maxRetries repetitions after the first attempt; negative: no limit
 * @param match failures that are repeated
 */
record RetryPolicy(
    boolean exponential,
    Duration duration,
    Duration maxInterval,
    Duration maxElapsed,
    long maxRetries,
    RetryMatch match) {
  static final Duration DEFAULT_DURATION = Duration.ofSeconds(5);
  static final Duration DEFAULT_MAX_INTERVAL = Duration.ofSeconds(60);

  /** Fixed in daprd, whatever {@code duration} says. */
  private static final Duration EXPONENTIAL_START = Duration.ofMillis(500);

  private static final Duration EXPONENTIAL_END = Duration.ofMinutes(15);
  private static final double FACTOR = 1.5;
  private static final double JITTER = 0.5;

  static RetryPolicy constant(Duration wait, long maxRetries, RetryMatch match) {
    return new RetryPolicy(false, wait, wait, Duration.ZERO, maxRetries, match);
  }

  static RetryPolicy exponential(Duration maxInterval, long maxRetries, RetryMatch match) {
    return new RetryPolicy(
        true, EXPONENTIAL_START, maxInterval, EXPONENTIAL_END, maxRetries, match);
  }

  /**
   * The same waits with at least this many repetitions; no limit counts as too few, as in daprd.
   */
  RetryPolicy atLeast(long least) {
    return maxRetries >= least
        ? this
        : new RetryPolicy(exponential, duration, maxInterval, maxElapsed, least, match);
  }

  /**
   * The wait before a repetition, in milliseconds, or -1 when there is none any more.
   *
   * @param retry which repetition, from 1
   * @param elapsedMillis since the first attempt began
   * @param random from 0 to 1, for the jitter
   */
  long waitMillis(long retry, long elapsedMillis, double random) {
    if (maxRetries >= 0 && retry > maxRetries) {
      return -1;
    }
    if (!exponential) {
      return duration.toMillis();
    }
    double base =
        Math.min(
            duration.toMillis() * Math.pow(FACTOR, Math.min(retry - 1, 64)),
            maxInterval.toMillis());
    long wait = Math.round(base * (1 - JITTER + 2 * JITTER * random));
    boolean over = maxElapsed.isPositive() && elapsedMillis + wait > maxElapsed.toMillis();
    return over ? -1 : wait;
  }
}
