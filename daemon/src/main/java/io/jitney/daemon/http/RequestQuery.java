package io.jitney.daemon.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads query strings the way Go's net/url does: a pair with a bad escape is dropped, the rest
 * counts.
 */
public final class RequestQuery {
  private static final String METADATA = "metadata.";

  private RequestQuery() {}

  /** First value of {@code name}, or "". */
  public static String first(@Nullable String query, String name) {
    String[] found = {""};
    each(
        query,
        (key, value) -> {
          if (!key.equals(name)) {
            return true;
          }
          found[0] = value;
          return false;
        });
    return found[0];
  }

  /** The {@code metadata.} parameters without their prefix; first value wins. */
  public static Map<String, String> metadata(@Nullable String query) {
    if (query == null || !query.contains("metadata")) {
      return Map.of();
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    each(
        query,
        (key, value) -> {
          if (key.startsWith(METADATA)) {
            metadata.putIfAbsent(key.substring(METADATA.length()), value);
          }
          return true;
        });
    return Collections.unmodifiableMap(metadata);
  }

  /** Calls {@code visitor} for each pair in order until it returns false. */
  public static void each(@Nullable String query, BiPredicate<String, String> visitor) {
    if (query == null || query.isEmpty()) {
      return;
    }
    for (String pair : query.split("&")) {
      if (pair.isEmpty() || pair.indexOf(';') >= 0) {
        continue; // Go refuses semicolons as separators and drops the pair
      }
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      try {
        if (!visitor.test(decode(key), decode(value))) {
          return;
        }
      } catch (IllegalArgumentException badEscape) {
        continue;
      }
    }
  }

  /** Query unescaping: plus is a space; throws IllegalArgumentException on a bad escape. */
  public static String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
