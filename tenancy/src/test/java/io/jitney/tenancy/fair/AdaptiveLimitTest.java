package io.jitney.tenancy.fair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.tenancy.fair.AdaptiveLimit.Outcome;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
  private static final long MILLI = 1_000_000;

  private long now;
  private final AdaptiveLimit limit = new AdaptiveLimit(4, 16, 256, () -> now);

  /** A resource with so many workers of 5 ms each; callers use the limit to the full. */
  private void serve(int workers, int windows) {
    for (int window = 0; window < windows; window++) {
      for (int call = 0; call < 20; call++) {
        now += 10 * MILLI;
        int inFlight = limit.limit();
        long latency = 5 * MILLI * Math.max(1, inFlight / workers);
        limit.sample(latency, inFlight, Outcome.ANSWERED);
      }
    }
  }

  @Test
  void growsWhileLatencyStaysTheSame() {
    serve(10_000, 100);

    assertThat(limit.limit()).isEqualTo(256);
  }

  @Test
  void staysNearWhatTheResourceCanTake() {
    serve(20, 100);

    assertThat(limit.limit()).isBetween(20, 80);
  }

  @Test
  void shrinksWhenTheResourceSlowsDownAndComesBack() {
    serve(100, 50);
    int before = limit.limit();

    serve(10, 20);
    assertThat(limit.limit()).isLessThan(before / 2);

    serve(100, 100);
    assertThat(limit.limit()).isGreaterThan(before / 2);
  }

  @Test
  void overloadShrinksItAtOnceButNeverBelowTheLeast() {
    now += 200 * MILLI;
    assertThat(limit.sample(MILLI, 16, Outcome.OVERLOADED)).isTrue();
    assertThat(limit.limit()).isEqualTo(14);

    for (int i = 0; i < 100; i++) {
      now += 200 * MILLI;
      limit.sample(MILLI, 16, Outcome.OVERLOADED);
    }
    assertThat(limit.limit()).isEqualTo(4);
  }

  @Test
  void anIdleResourceKeepsItsLimit() {
    for (int i = 0; i < 1_000; i++) {
      now += 10 * MILLI;
      limit.sample(MILLI, 1, Outcome.ANSWERED);
    }

    assertThat(limit.limit()).isEqualTo(16);
  }

  @Test
  void callsThatSayNothingChangeNothing() {
    for (int i = 0; i < 1_000; i++) {
      now += 10 * MILLI;
      limit.sample(1_000 * MILLI, 16, Outcome.UNKNOWN);
    }

    assertThat(limit.limit()).isEqualTo(16);
    assertThat(limit.bestNanos()).isZero();
  }

  @Test
  void aFewSlowCallsAmongManySayNothing() {
    for (int i = 0; i < 2_000; i++) {
      now += 10 * MILLI;
      limit.sample(i % 10 == 0 ? 500 * MILLI : 5 * MILLI, 200, Outcome.ANSWERED);
    }

    assertThat(limit.limit()).isEqualTo(256);
  }

  @Test
  void impossibleBoundsAreRefused() {
    assertThatThrownBy(() -> new AdaptiveLimit(0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AdaptiveLimit(4, 2, 8))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
