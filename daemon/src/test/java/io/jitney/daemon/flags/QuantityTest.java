package io.jitney.daemon.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource({
    "1,1",
    "0,0",
    "-1,-1",
    "+5,5",
    "1k,1000",
    "2M,2000000",
    "1Ki,1024",
    "4Mi,4194304",
    "1Gi,1073741824",
    "2e3,2000",
    "2E3,2000",
    "1.,1",
    "0.0,0",
    "0m,0",
    "1e0,1",
    "007,7"
  })
  void wholeNumbersOfBytes(String text, long bytes) throws Exception {
    assertThat(Quantity.bytes(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "1.0", "100m", "1n", "16Ei", "1e30", "1e-3"})
  void fractionsAndWhatFitsNoNumberAreRefused(String text) {
    assertThatThrownBy(() -> Quantity.bytes(text))
        .hasMessage("cannot get bytes from resource quantity value '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "big", "-", ".", "Ki"})
  void noNumber(String text) {
    assertThatThrownBy(() -> Quantity.bytes(text)).hasMessageStartingWith("quantities must match");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 Mi", "1KB", "1ki", "1e", "1ex", "1.2.3", "5 "})
  void noSuffix(String text) {
    assertThatThrownBy(() -> Quantity.bytes(text)).hasMessage("unable to parse quantity's suffix");
  }
}
