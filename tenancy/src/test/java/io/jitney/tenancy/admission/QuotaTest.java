package io.jitney.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {

  @Test
  void zeroAndLessMeanUnlimited() {
    Quota quota = new Quota(-1, -2, -3);

    assertThat(quota).isEqualTo(Quota.UNLIMITED);
    assertThat(quota.limitsRate()).isFalse();
    assertThat(quota.limitsInFlight()).isFalse();
  }

  @Test
  void eachPartIsLimitedByItself() {
    assertThat(new Quota(0.1, 0, 0).limitsRate()).isTrue();
    assertThat(new Quota(0.1, 0, 0).limitsInFlight()).isFalse();
    assertThat(new Quota(0, 0, 1).limitsInFlight()).isTrue();
    assertThat(new Quota(0, 0, 1).limitsRate()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"100, 100", "2.5, 3", "1, 1", "0.25, 1"})
  void aBurstLeftOutIsOneSecondsWorth(double rate, long burst) {
    assertThat(new Quota(rate, 0, 0).burst()).isEqualTo(burst);
    assertThat(new Quota(rate, 0, 0)).isEqualTo(new Quota(rate, burst, 0));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1.1e9, 1e-10})
  void aRateMustBeANumberThatABucketCanCount(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quota(rate, 0, 0))
        .withMessageStartingWith("ratePerSecond ");
  }

  @Test
  void aBurstNeedsARate() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quota(0, 10, 0))
        .withMessage("burst is 10 but ratePerSecond is not set: a burst alone limits nothing");
  }

  @Test
  void aBurstHasAnEnd() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quota(1, 2_000_000_000, 0))
        .withMessageStartingWith("burst must be at most 1000000000");
  }
}
