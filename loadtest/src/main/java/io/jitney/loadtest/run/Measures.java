package io.jitney.loadtest.run;

import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.stats.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects the measures of a scenario from its runs. */
final class Measures {
  private final List<RunResult> runs;
  private final List<Measure> all = new ArrayList<>();
  private final Side judged;

  /** Judged is the shared daemon with isolation where it was run, else the first side. */
  Measures(List<RunResult> runs) {
    this.runs = runs;
    judged =
        runs.stream().anyMatch(run -> run.side() == Side.ON) || runs.isEmpty()
            ? Side.ON
            : runs.getFirst().side();
  }

  Measures atMost(String name, String unit, double target, String value) {
    all.add(new Measure(name, unit, target, true, spreads(value, ""), judged));
    return this;
  }

  Measures atLeast(String name, String unit, double target, String value) {
    all.add(new Measure(name, unit, target, false, spreads(value, ""), judged));
    return this;
  }

  /** Of the runs with that label alone. */
  Measures told(String name, String unit, String value, String label) {
    all.add(new Measure(name, unit, 0, true, spreads(value, label), judged));
    return this;
  }

  Measures add(Measure measure) {
    all.add(measure);
    return this;
  }

  List<Measure> list() {
    return List.copyOf(all);
  }

  private Map<Side, Spread> spreads(String value, String label) {
    Map<Side, List<Double>> bySide = new EnumMap<>(Side.class);
    for (RunResult run : runs) {
      if (label.isEmpty() || run.label().equals(label)) {
        bySide.computeIfAbsent(run.side(), s -> new ArrayList<>()).add(run.value(value));
      }
    }
    Map<Side, Spread> spreads = new EnumMap<>(Side.class);
    bySide.forEach((side, values) -> spreads.put(side, Spread.of(values)));
    return spreads;
  }

  /** A over B, both positive; NaN when B is not. */
  static double ratio(double a, double b) {
    return b > 0 ? a / b : Double.NaN;
  }

  /** The results of a run. */
  static RunResult result(
      Side side,
      int round,
      String label,
      RunData data,
      String tenants,
      Map<String, Double> values) {
    return new RunResult(
        side,
        round,
        label,
        data.intervalMillis(),
        data.segments(),
        data.summaries(),
        data.timelines(),
        data.tenants(tenants),
        data.attacks(),
        data.usage(),
        values,
        Doubts.of(data, tenants),
        "");
  }
}
