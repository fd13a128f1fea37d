package io.jitney.daemon.gojson;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decoded JSON as Go's {@code %v} prints it: what error texts of Go programs show of a value. Not
 * for hot paths.
 */
public final class GoPrint {
  private static final int LONGEST = 256;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private GoPrint() {}

  /** The printed form of a small value; the JSON text itself, cut, of a large one. */
  public static String value(Buffer json) throws IOException {
    if (json.length() > LONGEST) {
      return json.getString(0, LONGEST) + "...";
    }
    StringBuilder out = new StringBuilder();
    print(MAPPER.readTree(json.getBytes()), out);
    return out.toString();
  }

  private static void print(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, JsonNode> sorted = new TreeMap<>();
        node.properties().forEach(member -> sorted.put(member.getKey(), member.getValue()));
        out.append("map[");
        String between = "";
        for (Map.Entry<String, JsonNode> member : sorted.entrySet()) {
          out.append(between).append(member.getKey()).append(':');
          print(member.getValue(), out);
          between = " ";
        }
        out.append(']');
      }
      case ARRAY -> {
        out.append('[');
        for (int i = 0; i < node.size(); i++) {
          out.append(i == 0 ? "" : " ");
          print(node.get(i), out);
        }
        out.append(']');
      }
      case NUMBER -> out.append(number(node.doubleValue()));
      case NULL -> out.append("<nil>");
      case STRING, BOOLEAN, BINARY, MISSING, POJO -> out.append(node.asText());
    }
  }

  /**
   * {@code %v} of a float64: the shortest digits, with an exponent from 1e-05 down and from 1e+06
   * up.
   */
  public static String number(double value) {
    if (value == 0 || Double.isInfinite(value)) {
      return value == 0 ? "0" : value > 0 ? "+Inf" : "-Inf";
    }
    return digits(value, -4, 6, "0");
  }

  /** A finite float64 as Go's JSON encoder writes it. */
  public static String json(double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(whole) < 1L << 53) {
      return whole == 0 && 1 / value < 0 ? "-0" : Long.toString(whole);
    }
    return digits(value, -6, 21, "");
  }

  private static String digits(double value, int least, int most, String padding) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent >= least && exponent < most) {
      return shortest.toPlainString();
    }
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? padding : "")
        + Math.abs(exponent);
  }
}
