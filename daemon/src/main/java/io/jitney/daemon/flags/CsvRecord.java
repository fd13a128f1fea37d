package io.jitney.daemon.flags;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of CSV as Go's {@code encoding/csv} reads it: how pflag splits the value of a list flag.
 */
final class CsvRecord {
  private CsvRecord() {}

  static List<String> parse(String line) throws FlagException {
    List<String> fields = new ArrayList<>();
    if (line.isEmpty()) {
      return fields;
    }
    int at = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      at =
          at < line.length() && line.charAt(at) == '"'
              ? quoted(line, at, field)
              : plain(line, at, field);
      fields.add(field.toString());
      if (at >= line.length()) {
        return fields;
      }
      at++; // the comma
    }
  }

  private static int plain(String line, int from, StringBuilder field) throws FlagException {
    int end = line.indexOf(',', from);
    if (end < 0) {
      end = line.length();
    }
    int quote = line.indexOf('"', from);
    if (quote >= 0 && quote < end) {
      throw new FlagException(
          "parse error on line 1, column " + (quote + 1) + ": bare \" in non-quoted-field");
    }
    field.append(line, from, end);
    return end;
  }

  private static int quoted(String line, int from, StringBuilder field) throws FlagException {
    int at = from + 1;
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c != '"') {
        field.append(c);
      } else if (at < line.length() && line.charAt(at) == '"') {
        field.append('"');
        at++;
      } else if (at == line.length() || line.charAt(at) == ',') {
        return at;
      } else {
        break;
      }
    }
    throw new FlagException(
        "parse error on line 1, column " + at + ": extraneous or missing \" in quoted-field");
  }
}
