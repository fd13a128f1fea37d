package io.jitney.daemon.resiliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private static final Duration OPEN_TIME = Duration.ofSeconds(10);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // the clock wraps
  private CircuitBreaker breaker =
      breaker(1, Duration.ZERO, TripRule.parse("consecutiveFailures > 1"));

  private CircuitBreaker breaker(
      int maxRequests, Duration interval, Predicate<BreakerCounts> trip) {
    return new CircuitBreaker(
        new BreakerPolicy("b", maxRequests, interval, OPEN_TIME, trip), now::get);
  }

  private void call(boolean success) {
    breaker.after(breaker.before(), success);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos() + 1);
  }

  @Test
  void opensWhenTheRuleSaysSo() {
    call(false);
    call(true);
    call(false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    call(false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
    assertThatThrownBy(breaker::before)
        .isInstanceOf(BreakerOpenException.class)
        .hasMessage("circuit breaker is open");
  }

  @Test
  void letsOneThroughAfterItsTimeAndClosesOnSuccess() {
    call(false);
    call(false);
    pass(OPEN_TIME);
    long trial = breaker.before();
    assertThatThrownBy(breaker::before).hasMessage("too many requests");
    breaker.after(trial, true);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    call(false); // counts began anew
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  void anyFailureWhileHalfOpenOpensItAgain() {
    breaker = breaker(3, Duration.ZERO, BreakerPolicy.DEFAULT_TRIP);
    for (int i = 0; i < 6; i++) {
      call(false);
    }
    pass(OPEN_TIME);
    call(true);
    call(true);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    call(false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void aResultFromBeforeAChangeOfStateDoesNotCount() {
    long early = breaker.before();
    call(false);
    call(false);
    pass(OPEN_TIME);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    breaker.after(early, false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
  }

  @Test
  void countsOfAClosedOneEndWithTheInterval() {
    breaker = breaker(1, Duration.ofSeconds(5), TripRule.parse("totalFailures >= 2"));
    call(false);
    pass(Duration.ofSeconds(5));
    call(false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    call(false);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.OPEN);
  }

  @Test
  void aRuleThatFailsOrIsNoConditionDoesNotTrip() {
    assertThat(TripRule.parse("requests / 0 > 1").test(BreakerCounts.NONE)).isFalse();
    assertThat(TripRule.parse("requests + 1").test(BreakerCounts.NONE)).isFalse();
    assertThatThrownBy(() -> TripRule.parse("nonsense > 1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nonsense");
  }
}
