package io.jitney.loadtest.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  @Test
  void countsFromTheEndOfTheLoadToTheFirstCalmWindow() {
    boolean[] normal = {false, false, false, true, false, true, true, true};

    assertThat(Recovery.seconds(normal, 2, 2, 0.5)).isEqualTo(1.5);
  }

  @Test
  void isNothingWhenItWasNeverBad() {
    assertThat(Recovery.seconds(new boolean[] {true, true, true}, 0, 2, 0.5)).isZero();
  }

  @Test
  void isNeverWhenNoCalmIsSeen() {
    assertThat(Recovery.seconds(new boolean[] {true, false, true, false}, 0, 2, 0.5))
        .isEqualTo(Recovery.NEVER);
  }

  @Test
  void spreadIsMedianLeastAndMost() {
    assertThat(Spread.of(List.of(3.0, 1.0, Double.NaN, 2.0, 10.0)))
        .isEqualTo(new Spread(4, 2.5, 1, 10));
    assertThat(Spread.of(List.of()).count()).isZero();
  }
}
