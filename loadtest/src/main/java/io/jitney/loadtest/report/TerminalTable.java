package io.jitney.loadtest.report;

import io.jitney.loadtest.run.Measure;
import io.jitney.loadtest.run.RunResult;
import io.jitney.loadtest.run.ScenarioResult;
import io.jitney.loadtest.scenario.Side;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** The table that a run ends with. */
public final class TerminalTable {
  private TerminalTable() {}

  public static void print(PrintStream out, List<ScenarioResult> results) {
    int passed = 0;
    int missed = 0;
    int failed = 0;
    for (ScenarioResult result : results) {
      out.println();
      out.println(result.name() + ": " + result.title());
      for (Measure measure : result.measures()) {
        Side judged = measure.judged();
        Measure.Verdict verdict = measure.verdict();
        passed += verdict == Measure.Verdict.PASS ? 1 : 0;
        missed += verdict == Measure.Verdict.MISS ? 1 : 0;
        out.printf(
            Locale.ROOT,
            "  %-44s %-22s %-10s %-5s %s%n",
            measure.name(),
            Figures.of(measure, measure.values().get(judged)),
            Figures.target(measure),
            switch (verdict) {
              case PASS -> "pass";
              case MISS -> "MISS";
              case NONE -> "";
            },
            others(measure, judged));
      }
      for (RunResult run : result.runs()) {
        if (!run.failure().isEmpty()) {
          failed++;
          out.println("  FAILED, " + run.side().words() + " " + run.label() + ": " + run.failure());
        }
      }
    }
    out.println();
    out.println(passed + " targets reached, " + missed + " missed, " + failed + " runs failed");
  }

  private static String others(Measure measure, Side judged) {
    StringJoiner text = new StringJoiner("; ");
    for (Map.Entry<Side, ?> entry : measure.values().entrySet()) {
      if (entry.getKey() != judged) {
        text.add(
            entry.getKey().words()
                + " "
                + Figures.of(measure, measure.values().get(entry.getKey())));
      }
    }
    return text.toString();
  }
}
