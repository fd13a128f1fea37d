package io.jitney.daemon.gojson;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first JSON value of a body the way Go's {@code json.Decoder} fills a struct. The caller
 * walks the value; a member of a wrong type reads as if it were absent and fails the whole body at
 * the end, as in Go, where broken syntax anywhere comes before a wrong type.
 *
 * <p>{@code place} names what is filled in Go's words, {@code Go struct field SetRequest.key} for
 * example. The token of a value is current when a method that reads it is called. Not thread-safe;
 * one object per body.
 */
public final class GoDecoder {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // names are the clients'
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(GoSyntax.MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Walks the value whose first token is current and returns with its last token current. */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {
    T read(GoDecoder in) throws IOException;
  }

  private final Buffer body;
  private final JsonParser parser;
  private @Nullable String mismatch;

  private GoDecoder(Buffer body, JsonParser parser) {
    this.body = body;
    this.parser = parser;
  }

  /**
   * Reads the first value of {@code body}; what follows it is ignored.
   *
   * @throws GoJsonException when Go would refuse the body
   */
  public static <T extends @Nullable Object> T decode(Buffer body, Reader<T> reader)
      throws GoJsonException {
    try {
      return read(body, reader);
    } catch (IOException unreadable) {
      String problem = GoSyntax.decoderError(body);
      if (problem != null) {
        throw new GoJsonException(problem);
      }
      return readRepaired(body, reader);
    }
  }

  /** Go takes bytes that are no UTF-8 for replacement characters. */
  private static <T extends @Nullable Object> T readRepaired(Buffer body, Reader<T> reader)
      throws GoJsonException {
    try {
      return read(Buffer.buffer(body.toString(StandardCharsets.UTF_8)), reader);
    } catch (IOException stillUnreadable) {
      throw new GoJsonException("unexpected EOF");
    }
  }

  private static <T extends @Nullable Object> T read(Buffer body, Reader<T> reader)
      throws IOException, GoJsonException {
    if (!isAsciiAtFirst(body)) {
      throw new IOException("no JSON"); // Jackson would guess UTF-16 and the like
    }
    try (JsonParser parser = open(body)) {
      GoDecoder in = new GoDecoder(body, parser);
      if (parser.nextToken() == null) {
        throw new IOException("nothing");
      }
      T result = reader.read(in);
      if (in.mismatch != null) {
        throw new GoJsonException(in.mismatch);
      }
      return result;
    }
  }

  private static boolean isAsciiAtFirst(Buffer body) {
    return (body.length() == 0 || body.getByte(0) > 0)
        && (body.length() < 2 || body.getByte(1) != 0);
  }

  private static JsonParser open(Buffer body) throws IOException {
    ByteBuf bytes = ((BufferInternal) body).getByteBuf();
    if (bytes.hasArray()) {
      return FACTORY.createParser(
          bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }
    return FACTORY.createParser(body.getBytes());
  }

  /** Whether the value is null; a null leaves what it should fill as it is. */
  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /** Kind of the value in Go's words: object, array, string, number, bool, null. */
  public String kind() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "";
    }
    return switch (token) {
      case START_OBJECT -> "object";
      case START_ARRAY -> "array";
      case VALUE_STRING -> "string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "number";
      case VALUE_TRUE, VALUE_FALSE -> "bool";
      case VALUE_NULL -> "null";
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "";
    };
  }

  /** A string; null for JSON's null and for another type. */
  public @Nullable String string(String place) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    mismatch(place, "string");
    return null;
  }

  /** An integer; 0 for null, another type, or a number Go's {@code int} does not hold. */
  public long integer(String place) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
        || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      String text = parser.getText();
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException notOne) {
        fail("json: cannot unmarshal number " + text + " into " + place + " of type int");
        return 0;
      }
    }
    mismatch(place, "int");
    return 0;
  }

  /** A truth value; false for null and for another type. */
  public boolean truth(String place) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    mismatch(place, "bool");
    return false;
  }

  /** Whether an object begins here, whose members are read by {@link #nextMember}. */
  public boolean object(String place, String type) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    mismatch(place, type);
    return false;
  }

  /** Whether an array begins here, whose elements are read by {@link #nextElement}. */
  public boolean array(String place, String type) throws IOException {
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      return true;
    }
    mismatch(place, type);
    return false;
  }

  /** Steps to the value of the next member and returns its name; null at the end of the object. */
  public @Nullable String nextMember() throws IOException {
    if (parser.nextToken() != JsonToken.FIELD_NAME) {
      return null;
    }
    String name = parser.currentName();
    parser.nextToken();
    return name;
  }

  /** Steps to the next element; false at the end of the array. */
  public boolean nextElement() throws IOException {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  /**
   * A {@code map[string]string}, added to {@code known}; {@code known} itself when there is nothing
   * to add.
   */
  public Map<String, String> strings(String place, Map<String, String> known) throws IOException {
    if (!object(place, "map[string]string")) {
      return known;
    }
    Map<String, String> map = null;
    for (String name = nextMember(); name != null; name = nextMember()) {
      if (map == null) {
        map = new HashMap<>(known);
      }
      String value = string(place);
      map.put(name, value == null ? "" : value);
    }
    return map == null ? known : map;
  }

  /** The text of the value as it stands in the body; shares the body's memory. */
  public Buffer raw() throws IOException {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return body.slice(start, endOfString(start)); // the parser would decode it to know its end
    }
    parser.skipChildren();
    parser.finishToken();
    return body.slice(start, (int) parser.currentLocation().getByteOffset());
  }

  private int endOfString(int start) throws IOException {
    for (int at = start + 1; at < body.length(); at++) {
      byte c = body.getByte(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
      }
    }
    throw new IOException("unexpected EOF");
  }

  /** Passes over the value. */
  public void skip() throws IOException {
    parser.skipChildren();
  }

  /** Text of a string, number, true, false or null. */
  public String text() throws IOException {
    return parser.getText();
  }

  /** Records that the value has a wrong type, unless it is null, and passes over it. */
  private void mismatch(String place, String type) throws IOException {
    if (!isNull()) {
      fail("json: cannot unmarshal " + kind() + " into " + place + " of type " + type);
      skip();
    }
  }

  private void fail(String problem) {
    if (mismatch == null) {
      mismatch = problem;
    }
  }
}
