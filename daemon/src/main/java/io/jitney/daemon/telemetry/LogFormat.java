package io.jitney.daemon.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.components.spi.GoText;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * daprd's two log formats, those of the Go library logrus: text ({@code time="..." level=info
 * msg="..." app_id=a ...}) and JSON, the fields of either sorted by name. Pure functions.
 */
final class LogFormat {
  private LogFormat() {}

  /**
   * @param fields besides time, level and message; numbers stay numbers in JSON
   */
  static byte[] text(
      OffsetDateTime time, String level, String message, SortedMap<String, Object> fields) {
    StringBuilder line = new StringBuilder(160 + message.length());
    line.append("time=\"");
    time(line, time);
    line.append("\" level=").append(level);
    if (!message.isEmpty()) {
      line.append(" msg=");
      value(line, message);
    }
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      line.append(' ').append(field.getKey()).append('=');
      value(line, field.getValue().toString());
    }
    return line.append('\n').toString().getBytes(UTF_8);
  }

  private static void value(StringBuilder line, String value) {
    for (int i = 0; i < value.length(); i++) {
      if (!bare(value.charAt(i))) {
        line.append(GoText.quote(value));
        return;
      }
    }
    line.append(value);
  }

  private static boolean bare(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "-._/@^+".indexOf(c) >= 0;
  }

  static byte[] json(
      OffsetDateTime time, String level, String message, SortedMap<String, Object> fields) {
    SortedMap<String, Object> all = new TreeMap<>(fields);
    StringBuilder text = new StringBuilder(40);
    time(text, time);
    all.put("time", text.toString());
    all.put("level", level);
    all.put("msg", message);
    StringBuilder line = new StringBuilder(200 + message.length());
    char before = '{';
    for (Map.Entry<String, Object> field : all.entrySet()) {
      line.append(before);
      before = ',';
      string(line, field.getKey());
      line.append(':');
      if (field.getValue() instanceof Number number) {
        line.append(number);
      } else {
        string(line, field.getValue().toString());
      }
    }
    return line.append("}\n").toString().getBytes(UTF_8);
  }

  /** A JSON string as Go's encoder writes it: characters of HTML escaped. */
  private static void string(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> line.append('\\').append(c);
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        case '\b' -> line.append("\\b");
        case '\f' -> line.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> unicode(line, c);
        default -> {
          if (c < ' ') {
            unicode(line, c);
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }

  private static void unicode(StringBuilder line, char c) {
    line.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      line.append(Character.forDigit(c >> shift & 15, 16));
    }
  }

  /** RFC 3339 with as many digits of the second as are not zero. */
  private static void time(StringBuilder line, OffsetDateTime time) {
    number(line, time.getYear(), 4);
    number(line.append('-'), time.getMonthValue(), 2);
    number(line.append('-'), time.getDayOfMonth(), 2);
    number(line.append('T'), time.getHour(), 2);
    number(line.append(':'), time.getMinute(), 2);
    number(line.append(':'), time.getSecond(), 2);
    int nanos = time.getNano();
    if (nanos > 0) {
      int from = line.length() + 1;
      number(line.append('.'), nanos, 9);
      int end = line.length();
      while (end > from && line.charAt(end - 1) == '0') {
        end--;
      }
      line.setLength(end);
    }
    if (time.getOffset().equals(ZoneOffset.UTC)) {
      line.append('Z');
      return;
    }
    int minutes = time.getOffset().getTotalSeconds() / 60;
    line.append(minutes < 0 ? '-' : '+');
    number(line, Math.abs(minutes) / 60, 2);
    number(line.append(':'), Math.abs(minutes) % 60, 2);
  }

  private static void number(StringBuilder line, int number, int digits) {
    String text = Integer.toString(number);
    line.repeat('0', Math.max(0, digits - text.length())).append(text);
  }
}
