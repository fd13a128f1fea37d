package io.jitney.components.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for all connections of a pool that its server does not take connections, and that it
 * takes long to find that out: until somebody got through again, calls fail at once instead of
 * waiting for the next attempt.
 *
 * <p>Only attempts to connect count. Whatever comes back on a connection, an error or nothing in
 * time, is an affair of the calls on it: one tenant's calls cannot cut off the others.
 *
 * <p>Thread-safe.
 */
final class Circuit {
  /** A refused connection comes back in less; it costs next to nothing to try that often. */
  private static final Duration SLOW = Duration.ofMillis(250);

  private record Known(RedisFailure failure, long untilNanos) {}

  private volatile @Nullable Known known;

  /** Why a call need not wait for a connection; null: it may. */
  @Nullable RedisFailure refusal() {
    Known now = known;
    return now == null || System.nanoTime() - now.untilNanos >= 0 ? null : now.failure;
  }

  /**
   * An attempt failed.
   *
   * @param took how long it took to fail
   * @param next when the next attempt is over in all likelihood, from now
   */
  void failed(RedisFailure failure, Duration took, Duration next) {
    if (took.compareTo(SLOW) >= 0) {
      known = new Known(failure, System.nanoTime() + next.toNanos());
    }
  }

  void connected() {
    known = null;
  }
}
