package io.jitney.daemon.flags;

import java.math.BigInteger;

/**
 * Kubernetes resource quantities, as far as they are whole numbers of bytes: 4Mi, 100k, 2e3, 1024.
 */
public final class Quantity {
  private static final int MAX_SHIFT = 60;
  private static final int MAX_EXPONENT = 18;

  private Quantity() {}

  /** The number of bytes; the error's text is that of Kubernetes, or daprd's for a fraction. */
  public static long bytes(String text) throws FlagException {
    int at = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    boolean negative = at == 1 && text.charAt(0) == '-';
    int start = at;
    int digits = 0;
    int point = -1;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '.' && point < 0) {
        point = at;
      } else if (c >= '0' && c <= '9') {
        digits++;
      } else {
        break;
      }
    }
    if (digits == 0) {
      throw new FlagException(
          "quantities must match the regular expression"
              + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    String number = text.substring(start, at);
    BigInteger value = new BigInteger(number.replace(".", ""));
    BigInteger factor = factor(text.substring(at));
    if (value.signum() == 0) {
      return 0;
    }
    BigInteger all = value.multiply(factor);
    if (point >= 0 && point < start + number.length() - 1
        || factor.signum() == 0
        || all.bitLength() > 63) {
      throw new FlagException("cannot get bytes from resource quantity value '" + text + "'");
    }
    return negative ? -all.longValueExact() : all.longValueExact();
  }

  /** What a suffix multiplies by; 0 for one that makes fractions. */
  private static BigInteger factor(String suffix) throws FlagException {
    return switch (suffix) {
      case "" -> BigInteger.ONE;
      case "n", "u", "m" -> BigInteger.ZERO;
      case "k" -> BigInteger.TEN.pow(3);
      case "M" -> BigInteger.TEN.pow(6);
      case "G" -> BigInteger.TEN.pow(9);
      case "T" -> BigInteger.TEN.pow(12);
      case "P" -> BigInteger.TEN.pow(15);
      case "E" -> BigInteger.TEN.pow(18);
      case "Ki" -> BigInteger.TWO.pow(10);
      case "Mi" -> BigInteger.TWO.pow(20);
      case "Gi" -> BigInteger.TWO.pow(30);
      case "Ti" -> BigInteger.TWO.pow(40);
      case "Pi" -> BigInteger.TWO.pow(50);
      case "Ei" -> BigInteger.TWO.pow(MAX_SHIFT);
      default -> exponent(suffix);
    };
  }

  private static BigInteger exponent(String suffix) throws FlagException {
    if ((suffix.charAt(0) == 'e' || suffix.charAt(0) == 'E') && suffix.length() > 1) {
      try {
        int exponent = Integer.parseInt(suffix.substring(1));
        return exponent < 0 || exponent > MAX_EXPONENT
            ? BigInteger.ZERO
            : BigInteger.TEN.pow(exponent);
      } catch (NumberFormatException noNumber) {
        // falls through to the error
      }
    }
    throw new FlagException("unable to parse quantity's suffix");
  }
}
