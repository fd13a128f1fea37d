package io.jitney.daemon.resiliency;

/**
 * What a circuit breaker has counted since it last changed its state (or its interval ended).
 * Immutable: the trip rule gets it.
 */
record BreakerCounts(
    long requests,
    long totalSuccesses,
    long totalFailures,
    long consecutiveSuccesses,
    long consecutiveFailures) {
  static final BreakerCounts NONE = new BreakerCounts(0, 0, 0, 0, 0);

  BreakerCounts request() {
    return new BreakerCounts(
        requests + 1, totalSuccesses, totalFailures, consecutiveSuccesses, consecutiveFailures);
  }

  BreakerCounts success() {
    return new BreakerCounts(
        requests, totalSuccesses + 1, totalFailures, consecutiveSuccesses + 1, 0);
  }

  BreakerCounts failure() {
    return new BreakerCounts(
        requests, totalSuccesses, totalFailures + 1, 0, consecutiveFailures + 1);
  }
}
