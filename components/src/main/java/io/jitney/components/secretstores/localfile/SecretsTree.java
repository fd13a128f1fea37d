package io.jitney.components.secretstores.localfile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns the JSON of a secrets file into secrets. Pure functions. */
final class SecretsTree {
  private final String separator;

  SecretsTree(String separator) {
    this.separator = separator;
  }

  /** Every leaf is a secret; its name is the path to it, list elements by index. */
  Map<String, Map<String, String>> flat(ObjectNode json) {
    Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
    leaves(json).forEach((name, value) -> secrets.put(name, Map.of(name, value)));
    return Collections.unmodifiableMap(secrets);
  }

  /**
   * Every member of the first level is a secret; anything there but objects and strings is left
   * out.
   */
  Map<String, Map<String, String>> multiValued(ObjectNode json) {
    Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
    json.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              JsonNode value = member.getValue();
              if (value.isTextual()) {
                secrets.put(name, Map.of(name, value.textValue()));
              } else if (value instanceof ObjectNode object) {
                secrets.put(name, Collections.unmodifiableMap(leaves(object)));
              }
            });
    return Collections.unmodifiableMap(secrets);
  }

  private Map<String, String> leaves(ObjectNode json) {
    Map<String, String> leaves = new LinkedHashMap<>();
    json.properties().forEach(member -> visit(member.getKey(), member.getValue(), leaves));
    return leaves;
  }

  private void visit(String path, JsonNode node, Map<String, String> leaves) {
    if (node.isObject()) {
      node.properties()
          .forEach(member -> visit(path + separator + member.getKey(), member.getValue(), leaves));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        visit(path + separator + i, node.get(i), leaves);
      }
    } else {
      leaves.putIfAbsent(path, text(node));
    }
  }

  /**
   * Only strings come out as they are; daprd shows everything else the way Go prints a wrong
   * argument.
   */
  private static String text(JsonNode leaf) {
    if (leaf.isTextual()) {
      return leaf.textValue();
    }
    if (leaf.isBoolean()) {
      return "%!s(bool=" + leaf.booleanValue() + ")";
    }
    return leaf.isNumber() ? "%!s(float64=" + goFloat(leaf.doubleValue()) + ")" : "%!s(<nil>)";
  }

  /**
   * Go's {@code %v} of a double: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
   */
  private static String goFloat(double value) {
    if (value == 0) {
      return Double.compare(value, 0.0) < 0 ? "-0" : "0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent >= -4 && exponent < 6) {
      return shortest.toPlainString();
    }
    String sign = shortest.signum() < 0 ? "-" : "";
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return sign
        + mantissa
        + "e"
        + (exponent < 0 ? "-" : "+")
        + String.format("%02d", Math.abs(exponent));
  }
}
