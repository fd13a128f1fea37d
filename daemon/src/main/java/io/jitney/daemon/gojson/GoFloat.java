package io.jitney.daemon.gojson;

import java.math.BigDecimal;

/** A JSON number after it went through a Go {@code float64}. */
final class GoFloat {
  private GoFloat() {}

  /** The shortest digits of the nearest double; a number beyond the doubles stays as it is. */
  static String encode(String text) {
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      return text;
    }
    if (value == 0) {
      return text.charAt(0) == '-' ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    double size = Math.abs(value);
    return size < 1e-6 || size >= 1e21 ? exponential(shortest) : shortest.toPlainString();
  }

  private static String exponential(BigDecimal value) {
    String digits = value.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - value.scale();
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + Math.abs(exponent);
  }
}
