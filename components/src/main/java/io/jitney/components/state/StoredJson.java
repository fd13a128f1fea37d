package io.jitney.components.state;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The form in which daprd stores a JSON value, so that both write the same bytes. daprd decodes the
 * value and encodes it again; what that loses (digits of numbers) is kept here, everything else
 * comes out alike.
 *
 * <p>Most values are in that form already and are returned as they came, after one look at their
 * bytes. Pure functions.
 */
public final class StoredJson {
  /** Redis: compact, members in the order of the client, letters unescaped. */
  public static final StoredJson PLAIN = new StoredJson(false);

  /**
   * In-memory, SQLite and the other SQL stores: compact, members sorted, HTML characters escaped.
   */
  public static final StoredJson SORTED = new StoredJson(true);

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(10_000)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final boolean sorted;

  private StoredJson(boolean sorted) {
    this.sorted = sorted;
  }

  /**
   * @param json a complete JSON text in UTF-8
   * @return the stored form; {@code json} itself where it has that form already
   */
  public Buffer encode(Buffer json) {
    if (new StoredJsonScan(json, sorted).isStoredForm()) {
      return json;
    }
    try (JsonParser parser = FACTORY.createParser(json.getBytes())) {
      Buffer encoded = Buffer.buffer(json.length());
      parser.nextToken();
      write(parser, encoded);
      return encoded;
    } catch (IOException e) {
      throw new ComponentException.Failed("value is not valid JSON");
    }
  }

  private void write(JsonParser parser, Buffer out) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("empty");
    }
    switch (token) {
      case START_OBJECT -> {
        if (sorted) {
          writeSorted(parser, out);
        } else {
          writeObject(parser, out);
        }
      }
      case START_ARRAY -> {
        out.appendByte((byte) '[');
        for (boolean first = true; parser.nextToken() != JsonToken.END_ARRAY; first = false) {
          if (!first) {
            out.appendByte((byte) ',');
          }
          write(parser, out);
        }
        out.appendByte((byte) ']');
      }
      case VALUE_STRING -> writeString(parser.getText(), out);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          out.appendString(GoNumber.encode(parser.getText()));
      default -> out.appendString(parser.getText()); // true, false, null
    }
  }

  private void writeObject(JsonParser parser, Buffer out) throws IOException {
    out.appendByte((byte) '{');
    for (boolean first = true; parser.nextToken() != JsonToken.END_OBJECT; first = false) {
      if (!first) {
        out.appendByte((byte) ',');
      }
      writeString(parser.currentName(), out);
      out.appendByte((byte) ':');
      parser.nextToken();
      write(parser, out);
    }
    out.appendByte((byte) '}');
  }

  private void writeSorted(JsonParser parser, Buffer out) throws IOException {
    Map<String, Buffer> members = new TreeMap<>(StoredJson::compareCodePoints);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      Buffer value = Buffer.buffer();
      write(parser, value);
      members.put(name, value); // the last of two equal names wins, as in Go
    }
    out.appendByte((byte) '{');
    boolean first = true;
    for (Map.Entry<String, Buffer> member : members.entrySet()) {
      if (!first) {
        out.appendByte((byte) ',');
      }
      first = false;
      writeString(member.getKey(), out);
      out.appendByte((byte) ':').appendBuffer(member.getValue());
    }
    out.appendByte((byte) '}');
  }

  /** Go sorts by UTF-8 bytes, which is the order of code points and not of Java's chars. */
  private static int compareCodePoints(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length()) {
      int x = a.codePointAt(i);
      int y = b.codePointAt(i);
      if (x != y) {
        return Integer.compare(x, y);
      }
      i += Character.charCount(x);
    }
    return Integer.compare(a.length(), b.length());
  }

  private void writeString(String text, Buffer out) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ' || (sorted && isEscapedForHtml(c))) {
            writeEscape(c, quoted);
          } else if (!Character.isSurrogate(c)) {
            quoted.append(c);
          } else if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            quoted.append(c).append(text.charAt(++i));
          } else {
            quoted.append('\ufffd'); // half a character: Go's replacement
          }
        }
      }
    }
    out.appendString(quoted.append('"').toString());
  }

  static boolean isEscapedForHtml(char c) {
    return c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029';
  }

  private void writeEscape(char c, StringBuilder quoted) {
    if (sorted && c == '\b') {
      quoted.append("\\b");
    } else if (sorted && c == '\f') {
      quoted.append("\\f");
    } else {
      quoted.append(String.format("\\u%04x", (int) c));
    }
  }
}
