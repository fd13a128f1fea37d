package io.jitney.components.state.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StoredJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The RedisJSON layout: {@code {"data": value, "version": n}}. Pure functions. */
final class JsonDocument {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonDocument() {}

  /**
   * The document to store; the script adds the version. Bytes become a base64 string, as in daprd.
   */
  static Buffer of(StateData value) {
    Buffer data =
        switch (value) {
          case StateData.Json(var json) -> StoredJson.PLAIN.encode(json);
          case StateData.Stored(var json) -> json;
          case StateData.Bytes(var bytes) ->
              Buffer.buffer("\"" + Base64.getEncoder().encodeToString(bytes.getBytes()) + "\"");
        };
    return Buffer.buffer(data.length() + 16)
        .appendString("{\"data\":")
        .appendBuffer(data)
        .appendString("}");
  }

  static StateItem parse(byte @Nullable [] document) {
    if (document == null) {
      return StateItem.absent();
    }
    Buffer data = Buffer.buffer("null");
    String version = null;
    try (JsonParser parser = FACTORY.createParser(document)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new ComponentException.Failed("invalid result");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("data")) {
          data = StoredJson.PLAIN.encode(value(parser, document));
        } else if (name.equals("version") && parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
          version = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException e) {
      throw new ComponentException.Failed("invalid result");
    }
    return new StateItem(data, version, Map.of());
  }

  private static Buffer value(JsonParser parser, byte[] document) throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.finishToken();
    parser.skipChildren();
    int end = (int) parser.currentLocation().getByteOffset();
    return Buffer.buffer().appendBytes(document, start, end - start);
  }
}
