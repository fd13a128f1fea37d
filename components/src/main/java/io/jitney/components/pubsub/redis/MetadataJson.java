package io.jitney.components.pubsub.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Message metadata as daprd keeps it in a stream: Go's JSON of a map of texts. Pure functions. */
final class MetadataJson {
  private static final JsonFactory JSON = new JsonFactory();

  private MetadataJson() {}

  /** Names in order; {@code < > &} escaped, as Go does. */
  static String write(Map<String, String> metadata) {
    if (metadata.isEmpty()) {
      return "{}";
    }
    StringBuilder json = new StringBuilder("{");
    new TreeMap<>(metadata)
        .forEach(
            (name, value) -> {
              if (json.length() > 1) {
                json.append(',');
              }
              text(json, name);
              json.append(':');
              text(json, value);
            });
    return json.append('}').toString();
  }

  private static void text(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  /** Empty for what is no JSON object of texts: such an entry simply has none. */
  static Map<String, String> read(byte @Nullable [] json) {
    if (json == null || json.length <= 2) {
      return Map.of();
    }
    Map<String, String> metadata = new HashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Map.of();
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        String value = parser.nextTextValue();
        if (value == null) {
          return Map.of();
        }
        metadata.put(name, value);
      }
    } catch (IOException e) {
      return Map.of();
    }
    return Collections.unmodifiableMap(metadata);
  }
}
