package io.jitney.components.spi;

import org.jspecify.annotations.Nullable;

/** Go's string literals. Pure functions. */
public final class GoQuoted {
  private GoQuoted() {}

  /** {@code strconv.Unquote}; null when it is no Go literal. */
  public static @Nullable String unquote(String text) {
    if (text.length() < 2 || text.charAt(0) != text.charAt(text.length() - 1)) {
      return null;
    }
    String inner = text.substring(1, text.length() - 1);
    return switch (text.charAt(0)) {
      case '`' -> inner.indexOf('`') < 0 ? inner.replace("\r", "") : null;
      case '"' -> interpreted(inner, '"');
      case '\'' -> {
        String one = interpreted(inner, '\'');
        if (one == null || one.codePointCount(0, one.length()) != 1) {
          yield null;
        }
        yield one;
      }
      default -> null;
    };
  }

  private static @Nullable String interpreted(String inner, char quote) {
    StringBuilder out = new StringBuilder(inner.length());
    for (int at = 0; at < inner.length(); at++) {
      char c = inner.charAt(at);
      if (c == quote || c == '\n') {
        return null;
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      if (++at == inner.length()) {
        return null;
      }
      char escaped = inner.charAt(at);
      int digits =
          switch (escaped) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (digits > 0) {
        int code = hex(inner, at + 1, digits);
        if (code < 0
            || !Character.isValidCodePoint(code)
            || code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
          return null;
        }
        out.appendCodePoint(code);
        at += digits;
        continue;
      }
      int simple = simple(escaped, quote);
      if (simple < 0) {
        return null;
      }
      out.append((char) simple);
    }
    return out.toString();
  }

  private static int simple(char escaped, char quote) {
    return switch (escaped) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 11;
      case '\\' -> '\\';
      default -> escaped == quote ? escaped : -1;
    };
  }

  private static int hex(String text, int from, int digits) {
    if (from + digits > text.length()) {
      return -1;
    }
    long code = 0;
    for (int at = from; at < from + digits; at++) {
      int digit = Character.digit(text.charAt(at), 16);
      if (digit < 0) {
        return -1;
      }
      code = code << 4 | digit;
    }
    return code > Character.MAX_CODE_POINT ? -1 : (int) code;
  }
}
