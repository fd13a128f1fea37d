package io.jitney.components.kafka;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.RequestMetadata;
import java.util.Locale;
import java.util.Map;

/** {@code valueSchemaType} of a request or a subscription. Pure functions. */
public final class SchemaType {
  private SchemaType() {}

  /**
   * Fails unless values go as they are. Components with a registry do not open, so what wants a
   * schema has none, and is told so in daprd's words.
   */
  public static void check(Map<String, String> metadata) {
    String type = RequestMetadata.any(metadata, "valueSchemaType");
    if (type == null) {
      return;
    }
    switch (type.toLowerCase(Locale.ROOT)) {
      case "none" -> {}
      case "avro" -> throw ComponentException.Failed.terminal("schema registry details not set");
      default ->
          throw ComponentException.Failed.terminal(
              "error parsing schema type. '" + type + "' is not a supported value");
    }
  }
}
