package io.jitney.daemon.resources;

import java.util.Map;

/**
 * Go's {@code os.ExpandEnv} over a given environment: {@code $VAR} and {@code ${VAR}}, unset is
 * empty.
 */
final class EnvironmentText {
  /** Of the result, in characters. */
  static final int MAX_LENGTH = 4 * 1024 * 1024;

  private EnvironmentText() {}

  /**
   * @throws IllegalArgumentException when the result is longer than {@link #MAX_LENGTH}
   */
  static String expand(String text, Map<String, String> environment) {
    int dollar = text.indexOf('$');
    if (dollar < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 64);
    int from = 0;
    while (dollar >= 0 && dollar + 1 < text.length()) {
      out.append(text, from, dollar);
      String rest = name(text, dollar + 1);
      int width = width(text, dollar + 1, rest);
      if (!rest.isEmpty()) {
        out.append(environment.getOrDefault(rest, ""));
      } else if (width == 0) {
        out.append('$');
      }
      if (out.length() > MAX_LENGTH) {
        throw new IllegalArgumentException("expanded configuration is too long");
      }
      from = dollar + 1 + width;
      dollar = text.indexOf('$', from);
    }
    return out.append(text, from, text.length()).toString();
  }

  /** The variable's name at {@code at}; "" when there is none. */
  private static String name(String text, int at) {
    char first = text.charAt(at);
    if (first == '{') {
      int end = text.indexOf('}', at);
      return end < 0 ? "" : text.substring(at + 1, end);
    }
    if (special(first)) {
      return String.valueOf(first);
    }
    int end = at;
    while (end < text.length() && word(text.charAt(end))) {
      end++;
    }
    return text.substring(at, end);
  }

  /** How many characters after the dollar go away. */
  private static int width(String text, int at, String name) {
    if (text.charAt(at) != '{') {
      return name.length();
    }
    int end = text.indexOf('}', at);
    return end < 0 ? 1 : end - at + 1;
  }

  private static boolean special(char c) {
    return "*#$@!?-".indexOf(c) >= 0 || c >= '0' && c <= '9';
  }

  private static boolean word(char c) {
    return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }
}
