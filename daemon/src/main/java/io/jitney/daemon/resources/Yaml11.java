package io.jitney.daemon.resources;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a plain scalar means in YAML 1.1 as daprd's reader takes it ({@code n} is false, {@code 007}
 * is 7), and how the result is written where a text is asked for. Pure functions.
 */
final class Yaml11 {
  private static final Map<String, Boolean> BOOLEANS =
      Map.ofEntries(
          Map.entry("y", true),
          Map.entry("Y", true),
          Map.entry("yes", true),
          Map.entry("Yes", true),
          Map.entry("YES", true),
          Map.entry("true", true),
          Map.entry("True", true),
          Map.entry("TRUE", true),
          Map.entry("on", true),
          Map.entry("On", true),
          Map.entry("ON", true),
          Map.entry("n", false),
          Map.entry("N", false),
          Map.entry("no", false),
          Map.entry("No", false),
          Map.entry("NO", false),
          Map.entry("false", false),
          Map.entry("False", false),
          Map.entry("FALSE", false),
          Map.entry("off", false),
          Map.entry("Off", false),
          Map.entry("OFF", false));
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /** Longer texts are no numbers anybody means, and arithmetic on them costs. */
  private static final int MAX_NUMBER = 64;

  private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final int MAX_BITS = 64;

  /** From here on Go's shortest format uses an exponent. */
  private static final int SHORTEST_DIGITS = 6;

  private Yaml11() {}

  /** The value of a plain scalar: null, Boolean, BigInteger (64 bits at most), Double or String. */
  static @Nullable Object resolve(String text) {
    switch (text) {
      case "", "~", "null", "Null", "NULL":
        return null;
      case ".nan", ".NaN", ".NAN":
        return Double.NaN;
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
        return Double.POSITIVE_INFINITY;
      case "-.inf", "-.Inf", "-.INF":
        return Double.NEGATIVE_INFINITY;
      default:
        break;
    }
    Boolean flag = BOOLEANS.get(text);
    if (flag != null) {
      return flag;
    }
    char first = text.charAt(0);
    boolean number = first >= '0' && first <= '9' || first == '-' || first == '+' || first == '.';
    if (!number || text.length() > MAX_NUMBER) {
      return text;
    }
    String plain = text.replace("_", "");
    BigInteger integer = first == '.' ? null : integer(plain);
    if (integer != null
        && (integer.signum() < 0 ? integer.compareTo(MIN) >= 0 : integer.bitLength() <= MAX_BITS)) {
      return integer;
    }
    if (FLOAT.matcher(plain).matches()) {
      double value = Double.parseDouble(plain);
      return Double.isInfinite(value) ? text : (Object) value;
    }
    return text;
  }

  /** Go's {@code ParseInt} with base 0; null when it is no integer. */
  private static @Nullable BigInteger integer(String text) {
    int start = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int radix = 10;
    int digits = start;
    if (text.length() > start + 1 && text.charAt(start) == '0') {
      radix =
          switch (text.charAt(start + 1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
          };
      boolean letter = Character.isLetter(text.charAt(start + 1));
      boolean octal = text.charAt(start + 1) == 'o' || text.charAt(start + 1) == 'O';
      digits = start + (letter && (radix != 8 || octal) ? 2 : 1);
    }
    if (digits >= text.length()) {
      return null;
    }
    for (int i = digits; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), radix) < 0 || text.charAt(i) >= 128) {
        return null;
      }
    }
    BigInteger value = new BigInteger(text.substring(digits), radix);
    return text.charAt(0) == '-' ? value.negate() : value;
  }

  /** The text of a value where a string is wanted: what daprd makes of {@code name: 1.50}. */
  static String text(Object value) {
    return value instanceof Double number ? shortest(number) : value.toString();
  }

  /** Go's {@code FormatFloat(value, 'g', -1, 64)}. */
  static String shortest(double value) {
    return format(value, -4, SHORTEST_DIGITS);
  }

  /** A float as Go's JSON encoder writes it; no NaN, no infinity. */
  static String json(double value) {
    return format(value, -6, 21);
  }

  private static String format(double value, int least, int most) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = exact.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - exact.scale();
    if (exponent >= least && exponent < most) {
      return exact.toPlainString();
    }
    StringBuilder text = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    text.append(exponent < 0 ? "e-" : "e+");
    boolean padded = Math.abs(exponent) < 10 && most == SHORTEST_DIGITS;
    return text.append(padded ? "0" : "").append(Math.abs(exponent)).toString();
  }
}
