package io.jitney.loadtest.run;

import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.stats.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a call costs on one side, against the others. */
final class CostPlayer implements Player {
  private final SteadyPlayer steady;
  private final Scenario.Cost scenario;

  CostPlayer(Play play, Scenario.Cost scenario) {
    this.scenario = scenario;
    steady = new SteadyPlayer(play, scenario.header(), scenario.warmup(), scenario.seconds());
  }

  @Override
  public String kind() {
    return "cost";
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    return steady.run(side, round, label, scenario.load());
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    Measures measures =
        new Measures(runs)
            .atMost("CPU per call", "µs", scenario.header().targets().cpuMicros(), "cpuPerCall")
            .told("calls per second", "/s", "throughput", "")
            .told("processor time of what is measured", "cores", "cores", "")
            .told("p50", "ms", "p50", "")
            .told("p99", "ms", "p99", "")
            .told("goodput", "x", "goodput", "")
            .told("PSS", "MiB", "pss", "");
    // Round by round: what the machine did in between is in both of a pair or in none.
    Map<Side, Spread> ratios = new EnumMap<>(Side.class);
    for (Side side : Side.values()) {
      List<Double> pairs = new ArrayList<>();
      for (RunResult run : runs) {
        if (run.side() == Side.ON && side != Side.ON) {
          for (RunResult other : runs) {
            if (other.side() == side && other.round() == run.round()) {
              pairs.add(Measures.ratio(run.value("cpuPerCall"), other.value("cpuPerCall")));
            }
          }
        }
      }
      if (!pairs.isEmpty()) {
        ratios.put(side, Spread.of(pairs));
      }
    }
    if (!ratios.isEmpty()) {
      double target = scenario.header().targets().cpuRatio();
      Side judged = ratios.containsKey(Side.OFF) ? Side.OFF : Side.PEER;
      measures.add(
          new Measure("CPU per call, isolation on / this", "x", target, true, ratios, judged));
    }
    return measures.list();
  }
}
