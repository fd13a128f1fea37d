package io.jitney.components.spi;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * Reads numbers, durations and truth values as Go's {@code strconv} and {@code time} do, with their
 * error texts: those texts reach Dapr's users inside component errors. Pure functions.
 */
public final class GoText {
  private GoText() {}

  /** A text Go would not read; the message is Go's. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String message;

    Unreadable(String message) {
      super(message, null, false, false);
      this.message = message;
    }

    @Override
    public String getMessage() {
      return message;
    }
  }

  /** {@code strconv.Atoi}: a decimal 64-bit integer. */
  public static long atoi(String text) throws Unreadable {
    return integer("Atoi", text);
  }

  /** {@code strconv.ParseInt(text, 10, 64)}. */
  public static long parseInt(String text) throws Unreadable {
    return integer("ParseInt", text);
  }

  private static long integer(String function, String text) throws Unreadable {
    int start = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    boolean digits = start < text.length();
    for (int i = start; i < text.length(); i++) {
      digits &= isDigit(text.charAt(i));
    }
    if (!digits) {
      throw new Unreadable("strconv." + function + ": parsing " + quote(text) + ": invalid syntax");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Unreadable(
          "strconv." + function + ": parsing " + quote(text) + ": value out of range");
    }
  }

  /** {@code strconv.ParseBool}. */
  public static boolean parseBool(String text) throws Unreadable {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default ->
          throw new Unreadable("strconv.ParseBool: parsing " + quote(text) + ": invalid syntax");
    };
  }

  /** Dapr's truthy words: {@code y yes true t on 1} in any case, blanks around them ignored. */
  public static boolean isTruthy(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "y", "yes", "true", "t", "on", "1" -> true;
      default -> false;
    };
  }

  /** {@code time.ParseDuration}: {@code 1h15m30.918s}, {@code -1.5h}, {@code 0}. */
  public static Duration parseDuration(String text) throws Unreadable {
    int at = 0;
    boolean negative = false;
    if (!text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
      negative = text.charAt(0) == '-';
      at = 1;
    }
    if (text.substring(at).equals("0")) {
      return Duration.ZERO;
    }
    if (at == text.length()) {
      throw invalidDuration(text);
    }
    double nanos = 0;
    long exact = 0;
    while (at < text.length()) {
      int number = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      int whole = at;
      if (at < text.length() && text.charAt(at) == '.') {
        at++;
        while (at < text.length() && isDigit(text.charAt(at))) {
          at++;
        }
      }
      if (at == number || (at == number + 1 && text.charAt(number) == '.')) {
        throw invalidDuration(text);
      }
      int unit = at;
      while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
        at++;
      }
      if (unit == at) {
        throw new Unreadable("time: missing unit in duration " + quote(text));
      }
      long scale = unitNanos(text, text.substring(unit, at));
      try {
        long units = whole == number ? 0 : Long.parseLong(text.substring(number, whole));
        exact = Math.addExact(exact, Math.multiplyExact(units, scale));
      } catch (ArithmeticException | NumberFormatException e) {
        throw invalidDuration(text);
      }
      if (unit > whole + 1) {
        nanos += Double.parseDouble("0" + text.substring(whole, unit)) * scale;
      }
    }
    Duration duration = Duration.ofNanos(exact).plusNanos((long) nanos);
    return negative ? duration.negated() : duration;
  }

  private static long unitNanos(String text, String unit) throws Unreadable {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "\u00b5s", "\u03bcs" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default ->
          throw new Unreadable("time: unknown unit " + quote(unit) + " in duration " + quote(text));
    };
  }

  private static Unreadable invalidDuration(String text) {
    return new Unreadable("time: invalid duration " + quote(text));
  }

  /** {@code url.QueryEscape}. */
  public static String queryEscape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** {@code strconv.Quote}. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(c -> quoteOne(quoted, c));
    return quoted.append('"').toString();
  }

  private static void quoteOne(StringBuilder quoted, int c) {
    switch (c) {
      case '"', '\\' -> quoted.append('\\').append((char) c);
      case 7 -> quoted.append("\\a");
      case '\b' -> quoted.append("\\b");
      case '\f' -> quoted.append("\\f");
      case '\n' -> quoted.append("\\n");
      case '\r' -> quoted.append("\\r");
      case '\t' -> quoted.append("\\t");
      case 11 -> quoted.append("\\v");
      default -> {
        if (c < ' ' || c == 0x7f) {
          quoted.append(String.format("\\x%02x", c));
        } else if (Character.isISOControl(c) || !Character.isDefined(c)) {
          quoted.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
        } else {
          quoted.appendCodePoint(c);
        }
      }
    }
  }
}
