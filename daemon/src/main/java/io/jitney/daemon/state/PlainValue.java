package io.jitney.daemon.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.jitney.components.state.StoredJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/**
 * The plain text that is encrypted for a JSON value, and what the outbox publishes of one as text.
 * daprd prints the value in Go's default form, so that a string loses its quotes (kept, as data and
 * tests rely on it) and an object its structure ({@code map[a:1]}; not copied: objects, lists and
 * null stay JSON).
 */
public final class PlainValue {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private PlainValue() {}

  /** Text of a string, else the JSON. */
  public static Buffer of(Buffer json) {
    if (json.length() == 0 || json.getByte(0) != '"') {
      return StoredJson.PLAIN.encode(json);
    }
    try (JsonParser parser = FACTORY.createParser(json.getBytes())) {
      parser.nextToken();
      return Buffer.buffer(parser.getText());
    } catch (IOException broken) {
      throw new IllegalArgumentException("not a JSON string", broken); // the body was parsed before
    }
  }
}
