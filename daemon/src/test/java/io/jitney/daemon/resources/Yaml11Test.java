package io.jitney.daemon.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Yaml11Test {
  /** What a name in a resource file becomes. */
  @ParameterizedTest(name = "{0} reads as {1}")
  @CsvSource({
    "n, false",
    "off, false",
    "yes, true",
    "y, true",
    "On, true",
    "yES, yES",
    "1, 1",
    "+5, 5",
    "-5, -5",
    "1.50, 1.5",
    "007, 7",
    "010, 8",
    "08, 8",
    "0o17, 15",
    "0x10, 16",
    "0b101, 5",
    "-0x10, -16",
    "1_000, 1000",
    "1e3, 1000",
    "1e6, 1e+06",
    "123456.5, 123456.5",
    "1234567.5, 1.2345675e+06",
    "0.00001, 1e-05",
    ".5, 0.5",
    "5., 5",
    ".inf, +Inf",
    "18446744073709551615, 18446744073709551615",
    "18446744073709551616, 1.8446744073709552e+19",
    "2001-01-01, 2001-01-01",
    "190:20:30, 190:20:30",
    "1.2.3, 1.2.3",
    "0x, 0x",
    "0xzz, 0xzz",
    "-, -",
    "., .",
    "é, é",
  })
  void plainScalarsBecomeText(String scalar, String text) {
    Object value = Objects.requireNonNull(Yaml11.resolve(scalar));
    assertThat(Yaml11.text(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"''", "~", "null", "Null", "NULL"})
  void someMeanNothing(String scalar) {
    assertThat(Yaml11.resolve(scalar)).isNull();
  }

  @Test
  void numbersOfUnreasonableLengthStayText() {
    String digits = "9".repeat(10_000);
    assertThat(Yaml11.resolve(digits)).isEqualTo(digits);
    assertThat(Yaml11.resolve("9".repeat(19))).isEqualTo(new BigInteger("9".repeat(19)));
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 1.5",
    "1e6, 1000000",
    "1e21, 1e+21",
    "0.000001, 0.000001",
    "0.0000001, 1e-7",
    "-0.0, -0"
  })
  void floatsInJsonAreGos(double value, String text) {
    assertThat(Yaml11.json(value)).isEqualTo(text);
  }
}
