package io.jitney.loadtest.run;

import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.List;

/** The same load on ever more tenants. */
final class ScalePlayer implements Player {
  private final SteadyPlayer steady;
  private final Scenario.Scale scenario;

  ScalePlayer(Play play, Scenario.Scale scenario) {
    this.scenario = scenario;
    steady = new SteadyPlayer(play, scenario.header(), scenario.warmup(), scenario.seconds());
  }

  @Override
  public String kind() {
    return "scale";
  }

  @Override
  public List<String> labels(Side side) {
    return scenario.counts().stream()
        .filter(count -> !side.isProcessPerTenant() || count <= scenario.peerMost())
        .map(String::valueOf)
        .toList();
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    return steady.run(side, round, label, scenario.load().withTenants(Integer.parseInt(label)));
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    Measures measures = new Measures(runs);
    for (int count : scenario.counts()) {
      String label = Integer.toString(count);
      String tenants = count + (count == 1 ? " tenant: " : " tenants: ");
      measures
          .told(tenants + "PSS", "MiB", "pss", label)
          .told(tenants + "CPU per call", "µs", "cpuPerCall", label)
          .told(tenants + "connections to Redis", "", "connections", label)
          .told(tenants + "p99", "ms", "p99", label);
    }
    return measures.list();
  }
}
