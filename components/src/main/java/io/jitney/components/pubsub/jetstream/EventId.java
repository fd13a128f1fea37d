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

  /**
   * The text {@code id} of a JSON object; empty where there is none. An event that says it was
   * published to another topic gets one of its own for this topic: a dead letter is the event as it
   * was, and in the same stream the server would take it for a copy and let it vanish.
   *
   * @param subject where it is published to
   */
  static String of(Buffer data, String subject) {
    String id = "";
    String topic = "";
    try (JsonParser parser = JSON.createParser(data.getBytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (name.equals("id")) {
          id = value == JsonToken.VALUE_STRING ? parser.getText() : "";
        } else if (name.equals("topic")) {
          topic = value == JsonToken.VALUE_STRING ? parser.getText() : "";
        }
        parser.skipChildren();
      }
      if (id.isEmpty() || parser.currentToken() != JsonToken.END_OBJECT) {
        return "";
      }
      return subject.endsWith(topic) ? id : id + '@' + subject; // prefixed by the namespace, maybe
    } catch (IOException e) {
      return "";
    }
  }
}
