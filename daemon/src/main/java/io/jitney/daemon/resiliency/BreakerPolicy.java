package io.jitney.daemon.resiliency;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * How circuit breakers of one policy behave.
 *
 * @param maxRequests calls let through while half open, and successes in a row that close it; at
 *     least 1
 * @param interval after which the counts of a closed breaker begin anew; zero: never
 * @param timeout how long it stays open
 * @param trip whether these counts open it; must not throw
 */
record BreakerPolicy(
    String name,
    int maxRequests,
    Duration interval,
    Duration timeout,
    Predicate<BreakerCounts> trip) {
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** {@code consecutiveFailures > 5}. */
  static final Predicate<BreakerCounts> DEFAULT_TRIP = counts -> counts.consecutiveFailures() > 5;
}
