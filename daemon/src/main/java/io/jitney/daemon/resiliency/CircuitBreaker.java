package io.jitney.daemon.resiliency;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops calls to what fails: closed (counts), open (refuses for a while), half open (lets a few
 * through to find out). A result that comes after a change of state does not count any more.
 *
 * <p>Threads: any.
 */
final class CircuitBreaker {
  /** States as the metric {@code dapr_resiliency_cb_state} names them. */
  enum State {
    CLOSED("closed"),
    HALF_OPEN("half-open"),
    OPEN("open");

    private final String word;

    State(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  private final BreakerPolicy policy;
  private final LongSupplier nanoClock;

  // Guarded by this.
  private State state = State.CLOSED;
  private BreakerCounts counts = BreakerCounts.NONE;
  private long generation;
  private boolean expires;
  private long expiryNanos;

  CircuitBreaker(BreakerPolicy policy, LongSupplier nanoClock) {
    this.policy = policy;
    this.nanoClock = nanoClock;
    begin(State.CLOSED, nanoClock.getAsLong());
  }

  /**
   * Asks to let a call through.
   *
   * @return what {@link #after} wants back
   * @throws BreakerOpenException when it does not
   */
  synchronized long before() {
    advance(nanoClock.getAsLong());
    if (state == State.OPEN) {
      throw new BreakerOpenException("circuit breaker is open");
    }
    if (state == State.HALF_OPEN && counts.requests() >= policy.maxRequests()) {
      throw new BreakerOpenException("too many requests");
    }
    counts = counts.request();
    return generation;
  }

  /**
   * Tells how a call ended that was let through.
   *
   * @return the state that this has led to; null when it is the one before
   */
  synchronized @Nullable State after(long ofGeneration, boolean success) {
    long now = nanoClock.getAsLong();
    advance(now);
    if (ofGeneration != generation) {
      return null;
    }
    counts = success ? counts.success() : counts.failure();
    switch (state) {
      case CLOSED -> {
        if (!success && policy.trip().test(counts)) {
          begin(State.OPEN, now);
        }
      }
      case HALF_OPEN -> {
        if (!success) {
          begin(State.OPEN, now);
        } else if (counts.consecutiveSuccesses() >= policy.maxRequests()) {
          begin(State.CLOSED, now);
        }
      }
      case OPEN -> {} // no call of this generation was let through
    }
    return ofGeneration == generation ? null : state;
  }

  synchronized State state() {
    advance(nanoClock.getAsLong());
    return state;
  }

  private void advance(long now) {
    if (expires && now - expiryNanos > 0) {
      begin(state == State.OPEN ? State.HALF_OPEN : state, now);
    }
  }

  private void begin(State next, long now) {
    state = next;
    counts = BreakerCounts.NONE;
    generation++;
    switch (next) {
      case CLOSED -> {
        expires = policy.interval().isPositive();
        expiryNanos = now + policy.interval().toNanos();
      }
      case OPEN -> {
        expires = true;
        expiryNanos = now + policy.timeout().toNanos();
      }
      case HALF_OPEN -> expires = false;
    }
  }
}
