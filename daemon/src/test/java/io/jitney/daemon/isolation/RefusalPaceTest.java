package io.jitney.daemon.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalPaceTest {
  private static final long MILLI = 1_000_000;

  @Test
  void aFewRefusalsAreAnsweredAtOnce() {
    RefusalPace pace = new RefusalPace();
    for (int i = 0; i < RefusalPace.BURST; i++) {
      assertThat(pace.restNanos(MILLI)).isZero();
    }
    assertThat(pace.restNanos(MILLI)).isPositive();
  }

  @Test
  void whoKeepsThePaceIsNeverHeldUp() {
    RefusalPace pace = new RefusalPace();
    long now = -5 * MILLI; // the clock has no particular origin
    for (int i = 0; i < 10_000; i++) {
      now += 1_000_000_000L / RefusalPace.PER_SECOND;
      assertThat(pace.restNanos(now)).isZero();
    }
  }

  @Test
  void aFloodComesDownToThePace() {
    RefusalPace pace = new RefusalPace();
    long now = 0;
    int connections = 16;
    long[] next = new long[connections];
    int refused = 0;
    while (now < 4_000 * MILLI) { // each asks again 20 µs after its rest
      for (int i = 0; i < connections; i++) {
        if (next[i] <= now) {
          refused++;
          next[i] = now + 20_000 + pace.restNanos(now + 1);
        }
      }
      now += 20_000;
    }
    assertThat(refused).isBetween(RefusalPace.PER_SECOND * 3, RefusalPace.PER_SECOND * 5);
  }

  @Test
  void noRestIsLongerThanControlTrafficCanWait() {
    RefusalPace pace = new RefusalPace();
    long longest = 0;
    for (int i = 0; i < 100_000; i++) {
      longest = Math.max(longest, pace.restNanos(7));
    }
    assertThat(longest).isEqualTo(RefusalPace.MOST_MILLIS * MILLI);
    assertThat(pace.restNanos(7 + 500 * MILLI)).isZero();
  }
}
