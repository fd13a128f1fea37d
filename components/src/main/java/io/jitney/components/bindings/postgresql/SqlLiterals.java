package io.jitney.components.bindings.postgresql;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * JSON values as PostgreSQL's literals of no type, which the server takes for whatever type the
 * parameter has. For servers with {@code standard_conforming_strings}.
 */
final class SqlLiterals {
  private SqlLiterals() {}

  static String of(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> "NULL";
      case STRING -> quoted(value.textValue());
      case BOOLEAN -> quoted(value.asText());
      case NUMBER -> quoted(number(value));
      case ARRAY -> quoted(array(value));
      case OBJECT, BINARY, POJO -> quoted(value.toString());
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** Whole numbers without fraction: integers take no other. */
  private static String number(JsonNode value) {
    return value.decimalValue().stripTrailingZeros().toPlainString();
  }

  private static String array(JsonNode array) {
    StringBuilder out = new StringBuilder("{");
    String between = "";
    for (JsonNode element : array) {
      out.append(between);
      switch (element.getNodeType()) {
        case NULL, MISSING -> out.append("NULL");
        case ARRAY -> out.append(array(element));
        case NUMBER -> out.append(number(element));
        case BOOLEAN -> out.append(element.asText());
        case STRING, OBJECT, BINARY, POJO -> {
          String text = element.isTextual() ? element.textValue() : element.toString();
          out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
        }
      }
      between = ",";
    }
    return out.append('}').toString();
  }
}
