package io.jitney.components.state;

import java.math.BigDecimal;

/**
 * A JSON number as Go writes it after it went through a double, unless that would change its value.
 */
final class GoNumber {
  /**
   * No double has more digits worth comparing; longer texts are kept without doing arithmetic on
   * them.
   */
  private static final int MAX_LENGTH = 40;

  private GoNumber() {}

  static String encode(String text) {
    if (text.length() > MAX_LENGTH) {
      return text;
    }
    double value = Double.parseDouble(text);
    if (Double.isInfinite(value)) {
      return text;
    }
    if (value == 0) {
      return text.charAt(0) == '-' ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (new BigDecimal(text).compareTo(shortest) != 0) {
      return text; // daprd would lose digits here
    }
    double size = Math.abs(value);
    return size < 1e-6 || size >= 1e21 ? exponential(shortest) : shortest.toPlainString();
  }

  private static String exponential(BigDecimal value) {
    String digits = value.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - value.scale();
    StringBuilder text = new StringBuilder();
    if (value.signum() < 0) {
      text.append('-');
    }
    text.append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    return text.append('e').append(exponent < 0 ? "-" : "+").append(Math.abs(exponent)).toString();
  }
}
