package io.jitney.components.pubsub.jetstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Finds the id of a CloudEvent, by which the server tells copies. Pure functions. */
final class EventId {
  private static final JsonFactory JSON = new JsonFactory();

  private EventId() {}

  /** The text {@code id} of a JSON object; empty where there is none. */
  static String of(Buffer data) {
    String id = "";
    try (JsonParser parser = JSON.createParser(data.getBytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (name.equals("id")) {
          id = value == JsonToken.VALUE_STRING ? parser.getText() : "";
        }
        parser.skipChildren();
      }
      return parser.currentToken() == JsonToken.END_OBJECT ? id : "";
    } catch (IOException e) {
      return "";
    }
  }
}
