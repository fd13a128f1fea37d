package io.jitney.daemon.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell, for terminals and for cut and awk. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  TextTable(String... heads) {
    rows.add(List.of(heads));
  }

  /**
   * As many cells as there are heads; empty cells show as a dash, so that columns can be counted.
   */
  TextTable row(String... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (String cell : cells) {
      row.add(cell.isEmpty() ? "-" : printable(cell));
    }
    rows.add(row);
    return this;
  }

  /** Names are whatever a tenant chose: no line of its making, no command to the terminal. */
  private static String printable(String cell) {
    StringBuilder text = new StringBuilder(cell.length());
    cell.codePoints()
        .forEach(
            c ->
                text.appendCodePoint(
                    Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || Character.getType(c) == Character.LINE_SEPARATOR
                            || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                        ? '?'
                        : c));
    return text.toString();
  }

  /** Lines, each with its end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
