package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerPlan.Speech;
import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.stats.Jain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tenants that all want more than there is: what does each get? */
final class FairnessPlayer implements Player {
  private static final String GROUP = "tenants";

  private final Play play;
  private final Scenario.Fairness scenario;
  private final List<String> names;

  FairnessPlayer(Play play, Scenario.Fairness scenario) {
    this.play = play;
    this.scenario = scenario;
    names = Plans.names("tenant", scenario.tenants().size());
  }

  @Override
  public String kind() {
    return "fairness";
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    try (Stage stage = Stage.open(play, side, scenario.header(), names, scenario.load())) {
      stage.environment().fill(scenario.load(), names);
      double end = scenario.warmup() + scenario.seconds();
      List<StreamPlan> streams = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        streams.add(
            Plans.stream(
                GROUP,
                stage.environment().sidecar(names.get(i)),
                Speech.HTTP,
                scenario.load(),
                scenario.tenants().get(i).connections(),
                List.of(new Step(0, end, 0)),
                i + 1));
      }
      List<Segment> segments =
          List.of(
              new Segment("warm-up", 0, scenario.warmup()),
              new Segment("measure", scenario.warmup(), end));
      RunData data = stage.session().play(segments, streams, names);
      return Measures.result(side, round, label, data, GROUP, values(data));
    }
  }

  private Map<String, Double> values(RunData data) {
    Map<String, long[]> tenants = data.tenants(GROUP);
    long[][] got = names.stream().map(tenants::get).toArray(long[][]::new);
    double[] weights = scenario.tenants().stream().mapToDouble(Scenario.Claim::weight).toArray();
    Segment measured = data.segment("measure");
    int window = Math.max(1, data.index(scenario.window()));
    List<Double> indices =
        Jain.windows(got, weights, data.index(measured.from()), data.index(measured.to()), window);
    Map<String, Double> values = new LinkedHashMap<>();
    List<Double> sorted = indices.stream().sorted().toList();
    values.put("jain", sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2));
    values.put("jainLeast", sorted.isEmpty() ? Double.NaN : sorted.getFirst());
    long all = 0;
    for (int i = 0; i < got.length; i++) {
      long sum = 0;
      for (int k = data.index(measured.from()); k < data.index(measured.to()); k++) {
        sum += got[i][k];
      }
      values.put("tenant-" + (i + 1), sum / measured.seconds());
      all += sum;
    }
    values.put("rate", all / measured.seconds());
    values.put("cpu", data.cpuSeconds(measured) / measured.seconds());
    return values;
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    Measures measures =
        new Measures(runs)
            .atLeast(
                "weighted Jain index, median window",
                "",
                scenario.header().targets().jain(),
                "jain")
            .told("weighted Jain index, worst window", "", "jainLeast", "")
            .told("all tenants' rate", "/s", "rate", "");
    for (int i = 0; i < names.size(); i++) {
      Scenario.Claim claim = scenario.tenants().get(i);
      measures.told(
          "tenant-"
              + (i + 1)
              + ", weight "
              + claim.weight()
              + ", "
              + claim.connections()
              + " connections",
          "/s",
          "tenant-" + (i + 1),
          "");
    }
    return measures.list();
  }
}
