package io.jitney.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Console;
import java.io.PrintStream;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What the user sees while it runs: a line that changes on a terminal, a line per phase elsewhere.
 */
public final class Progress {
  private static final int WIDTH = 118;

  private final PrintStream out;
  private final boolean terminal;
  private final int runs;
  private int run;
  private String title = "";
  private String segment = "";
  private JsonNode last;
  private long lastNanos;

  /**
   * For all runs of the invocation.
   *
   * @param runs how many there will be
   */
  public Progress(PrintStream out, int runs) {
    Console console = System.console();
    this.out = out;
    this.runs = runs;
    terminal = console != null && console.isTerminal();
    last = io.jitney.loadtest.plan.Json.mapper().createObjectNode();
  }

  /** A run begins. */
  void begin(String what) {
    run++;
    title = String.format(Locale.ROOT, "[%d/%d] %s", run, runs, what);
    segment = "";
    last = io.jitney.loadtest.plan.Json.mapper().createObjectNode();
    lastNanos = System.nanoTime();
    show("starting");
  }

  /** How it goes. */
  void at(String name, double secondsLeft, JsonNode totals) {
    boolean changed = !name.equals(segment);
    segment = name;
    if (terminal || changed) {
      show(String.format(Locale.ROOT, "%-8s %4.0f s left  %s", name, secondsLeft, rates(totals)));
    }
  }

  private String rates(JsonNode totals) {
    long now = System.nanoTime();
    double seconds = (now - lastNanos) / 1e9;
    StringJoiner text = new StringJoiner(" | ");
    Iterator<Map.Entry<String, JsonNode>> groups = totals.properties().iterator();
    while (groups.hasNext()) {
      Map.Entry<String, JsonNode> group = groups.next();
      JsonNode counts = group.getValue();
      if (counts.isArray() && !Session.PROBES.contains(group.getKey())) {
        JsonNode before = last.path(group.getKey());
        text.add(
            String.format(
                Locale.ROOT,
                "%s %,.0f/s ok %,.0f refused %,.0f bad",
                group.getKey(),
                rate(counts, before, 0, seconds),
                rate(counts, before, 1, seconds),
                rate(counts, before, 2, seconds)));
      }
    }
    last = totals;
    lastNanos = now;
    return text.toString();
  }

  private static double rate(JsonNode now, JsonNode before, int index, double seconds) {
    long change = now.path(index).asLong() - before.path(index).asLong();
    return seconds <= 0 ? 0 : change / seconds;
  }

  /** A run has ended. */
  void end(String result) {
    show(result);
    if (terminal) {
      out.println();
    }
  }

  private void show(String text) {
    String line = title + "  " + text;
    if (terminal) {
      String cut = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
      out.print("\r" + cut + " ".repeat(Math.max(0, WIDTH - cut.length())));
      out.flush();
    } else {
      out.println(line.stripTrailing());
    }
  }
}
