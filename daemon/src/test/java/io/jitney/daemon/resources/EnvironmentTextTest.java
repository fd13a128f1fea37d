package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTextTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("A", "one", "B_2", "two", "1", "digit");

  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "no variables,no variables",
        "$A,one",
        "x${A}y,xoney",
        "$A$B_2,onetwo",
        "$A.b,one.b",
        "[$UNSET],[]",
        "[${UNSET}],[]",
        "$,$",
        "a$ b,a$ b",
        "$(A),$(A)",
        "${},''",
        "x${A,xA",
        "$1a,digita",
        "$$A,A",
        "^[0-9]+$,^[0-9]+$",
      })
  void variablesAreExpandedAsGoDoes(String text, String expanded) {
    assertThat(EnvironmentText.expand(text, ENVIRONMENT)).isEqualTo(expanded);
  }

  @Test
  void expansionIsBounded() {
    Map<String, String> big = Map.of("X", "x".repeat(100_000));
    assertThatThrownBy(() -> EnvironmentText.expand("$X".repeat(1_000), big))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
