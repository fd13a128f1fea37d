package io.jitney.daemon.telemetry;

import org.jspecify.annotations.Nullable;

/** W3C {@code baggage} headers, checked as OpenTelemetry's Go library does. */
public final class Baggage {
  private static final int MAX_BYTES = 8192;
  private static final int MAX_MEMBERS = 180;

  private Baggage() {}

  /** What is wrong with a header value; null when it is valid. An empty value is valid. */
  public static @Nullable String problem(String value) {
    if (value.isEmpty()) {
      return null;
    }
    if (value.length() > MAX_BYTES) {
      return "baggage too large: " + value.length() + " bytes";
    }
    String[] members = value.split(",", -1);
    if (members.length > MAX_MEMBERS) {
      return "too many list-members in baggage-string: " + members.length;
    }
    for (String member : members) {
      String pair = member.split(";", 2)[0];
      int equals = pair.indexOf('=');
      if (equals < 0) {
        return "invalid baggage list-member: \"" + pair + "\"";
      }
      String key = pair.substring(0, equals).trim();
      if (key.isEmpty() || !key.chars().allMatch(Baggage::token)) {
        return "invalid key: \"" + key + "\"";
      }
      String text = pair.substring(equals + 1).trim();
      if (!text.chars().allMatch(Baggage::octet)) {
        return "invalid value: \"" + text + "\"";
      }
    }
    return null;
  }

  private static boolean token(int c) {
    return c > 0x20 && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
  }

  private static boolean octet(int c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  }
}
