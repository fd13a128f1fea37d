package io.jitney.loadtest.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class JainTest {
  @Test
  void isOneWhenAllGetByWeight() {
    assertThat(Jain.index(new double[] {10, 20, 40}, new double[] {1, 2, 4})).isEqualTo(1);
  }

  @Test
  void isOneNthWhenOneGetsAll() {
    assertThat(Jain.index(new double[] {9, 0, 0, 0}, new double[] {1, 1, 1, 1})).isEqualTo(0.25);
  }

  @Test
  void countsByWeightAndNotByAmount() {
    // Equal amounts to 1:2:4 are 1, 0.5 and 0.25: (1.75)² / (3 · 1.3125).
    assertThat(Jain.index(new double[] {8, 8, 8}, new double[] {1, 2, 4}))
        .isCloseTo(0.7778, within(0.0001));
  }

  @Test
  void nothingForAnybodyIsFair() {
    assertThat(Jain.index(new double[] {0, 0}, new double[] {1, 1})).isEqualTo(1);
  }

  @Test
  void eachWholeWindowHasItsOwn() {
    long[][] got = {{9, 1, 1, 1, 4, 7}, {9, 3, 3, 3, 0, 7}};

    assertThat(Jain.windows(got, new double[] {1, 1}, 1, 6, 2))
        .satisfiesExactly(
            first -> assertThat(first).isCloseTo(0.8, within(1e-9)),
            second -> assertThat(second).isCloseTo(64 / (2 * (25 + 9.0)), within(1e-9)));
  }
}
