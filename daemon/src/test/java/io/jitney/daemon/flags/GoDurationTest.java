package io.jitney.daemon.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1ns",
    "1500,1.5\u00b5s",
    "2000000,2ms",
    "1500000000,1.5s",
    "60000000000,1m0s",
    "3661500000000,1h1m1.5s",
    "-250000000,-250ms",
    "30000000000,30s"
  })
  void printsAsGo(long nanos, String text) {
    assertThat(GoDuration.text(Duration.ofNanos(nanos))).isEqualTo(text);
  }
}
