package io.jitney.daemon.bindings;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Response metadata as headers {@code metadata.<key>}. What no header can hold is left out. */
final class AnswerMetadata {
  private AnswerMetadata() {}

  static void put(Map<String, String> metadata, MultiMap headers) {
    metadata.forEach(
        (key, value) -> {
          String name = "metadata." + key.toLowerCase(Locale.ROOT);
          if (name.chars().allMatch(AnswerMetadata::token)) {
            headers.set(name, printable(value));
          }
        });
  }

  private static boolean token(int c) {
    return c > 0x20 && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
  }

  /** UTF-8 as it is, line ends as spaces: both as Go sends them. */
  private static String printable(String value) {
    String bytes =
        new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).trim();
    StringBuilder kept = new StringBuilder(bytes.length());
    for (int at = 0; at < bytes.length(); at++) {
      char c = bytes.charAt(at);
      kept.append(c < ' ' && c != '\t' || c == 0x7f ? ' ' : c);
    }
    return kept.toString();
  }
}
