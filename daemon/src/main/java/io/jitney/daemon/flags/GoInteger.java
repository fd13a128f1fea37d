package io.jitney.daemon.flags;

import io.jitney.components.spi.GoText;
import java.util.Locale;

/**
 * Go's {@code strconv.ParseInt} and {@code ParseUint} with base 0, as pflag reads numbers: 10, -1,
 * 0x1f, 0o17, 1_000.
 */
final class GoInteger {
  private GoInteger() {}

  /** The number; the error's text is Go's. */
  static long parse(String text, boolean unsigned) throws FlagException {
    String function = unsigned ? "ParseUint" : "ParseInt";
    String digits = text;
    boolean negative = false;
    if (!unsigned && !digits.isEmpty() && (digits.charAt(0) == '-' || digits.charAt(0) == '+')) {
      negative = digits.charAt(0) == '-';
      digits = digits.substring(1);
    }
    String lower = digits.toLowerCase(Locale.ROOT);
    int base = 10;
    int from = 0;
    if (lower.length() > 2 && lower.charAt(0) == '0' && "xbo".indexOf(lower.charAt(1)) >= 0) {
      base = lower.charAt(1) == 'x' ? 16 : lower.charAt(1) == 'b' ? 2 : 8;
      from = 2;
    } else if (lower.length() > 1 && lower.charAt(0) == '0') {
      base = 8;
      from = 1;
    }
    boolean valid = !lower.isEmpty() && wellPlaced(lower, from, from > 0);
    StringBuilder plain = new StringBuilder(lower.length());
    for (int i = from; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (c != '_') {
        valid &= c < 128 && Character.digit(c, base) >= 0;
        plain.append(c);
      }
    }
    if (!valid) {
      throw error(function, text, "invalid syntax");
    }
    try {
      return Long.parseLong(plain.insert(0, negative ? "-" : "").toString(), base);
    } catch (NumberFormatException tooLarge) {
      throw error(function, text, "value out of range");
    }
  }

  /** Underscores stand between digits, or between a base's prefix and a digit. */
  private static boolean wellPlaced(String text, int from, boolean prefixed) {
    char before = prefixed ? '0' : '_';
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_' && before == '_') {
        return false;
      }
      before = c;
    }
    return before != '_';
  }

  private static FlagException error(String function, String text, String why) {
    return new FlagException(
        "strconv." + function + ": parsing " + GoText.quote(text) + ": " + why);
  }
}
