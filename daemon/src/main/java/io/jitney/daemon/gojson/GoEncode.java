package io.jitney.daemon.gojson;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON as it comes out of Go after {@code json.Unmarshal} into {@code any} and {@code json.Marshal}
 * again: members sorted, numbers through a double, {@code <}, {@code >} and {@code &} escaped, no
 * white space. Pure functions.
 */
public final class GoEncode {
  private static final Buffer NULL = Buffer.buffer("null");
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

  private GoEncode() {}

  /**
   * The value, encoded anew.
   *
   * @param json one JSON value
   * @throws GoJsonException when Go would refuse it
   */
  public static Buffer again(Buffer json) throws GoJsonException {
    String problem = GoSyntax.unmarshalError(json);
    if (problem != null) {
      throw new GoJsonException(problem);
    }
    // Go takes bytes that are no UTF-8 for replacement characters.
    String text = json.toString(StandardCharsets.UTF_8);
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      StringBuilder out = new StringBuilder(text.length() + 16);
      write(out, read(parser));
      return Buffer.buffer(out.toString());
    } catch (IOException unreadable) {
      throw new GoJsonException("unexpected end of JSON input");
    }
  }

  /** As {@link #again}; {@code null} for what is no JSON. */
  public static Buffer againOrNull(Buffer text) {
    try {
      return again(text);
    } catch (GoJsonException noJson) {
      return NULL;
    }
  }

  private static @Nullable Object read(JsonParser parser) throws IOException, GoJsonException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new TreeMap<>(GoEncode::compare);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = whole(parser.currentName());
          parser.nextToken();
          members.put(name, read(parser));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(read(parser));
        }
        yield elements;
      }
      case VALUE_STRING -> whole(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        double value = Double.parseDouble(parser.getText());
        if (Double.isInfinite(value)) {
          throw new GoJsonException(
              "json: cannot unmarshal number "
                  + parser.getText()
                  + " into Go value of type float64");
        }
        yield value;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new IOException("unexpected token");
    };
  }

  /** Half of a surrogate pair is a replacement character in Go. */
  private static String whole(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (Character.isSurrogate(text.charAt(at))) {
        StringBuilder repaired = new StringBuilder(text.length());
        text.codePoints()
            .forEach(
                c ->
                    repaired.appendCodePoint(
                        c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c));
        return repaired.toString();
      }
    }
    return text;
  }

  /** By bytes, as Go. */
  private static int compare(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(StringBuilder out, @Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> members -> {
        char before = '{';
        for (Map.Entry<?, ?> member : members.entrySet()) {
          string(out.append(before), (String) member.getKey());
          write(out.append(':'), member.getValue());
          before = ',';
        }
        out.append(members.isEmpty() ? "{}" : "}");
      }
      case List<?> elements -> {
        char before = '[';
        for (Object element : elements) {
          write(out.append(before), element);
          before = ',';
        }
        out.append(elements.isEmpty() ? "[]" : "]");
      }
      case String text -> string(out, text);
      case Double number -> out.append(number(number));
      default -> out.append(value);
    }
  }

  private static void string(StringBuilder out, String text) {
    out.append('"');
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
            out.append("\\u").append(String.format("%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The shortest digits; with an exponent below 1e-6 and from 1e21 up. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size == 0) {
      return Double.compare(value, 0.0) < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (size >= 1e-6 && size < 1e21) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (exponent > 0 && exponent < 10 ? "0" : "")
        + Math.abs(exponent);
  }
}
