package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.Usage;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A steady load on some tenants: CPU per call, latency, memory, connections. */
final class SteadyPlayer {
  static final String GROUP = "tenants";

  private static final double SETTLE_SECONDS = 0.5;
  private static final double MEBIBYTE = 1 << 20;

  private final Play play;
  private final Scenario.Header header;
  private final double warmup;
  private final double seconds;

  SteadyPlayer(Play play, Scenario.Header header, double warmup, double seconds) {
    this.play = play;
    this.header = header;
    this.warmup = warmup;
    this.seconds = seconds;
  }

  RunResult run(Side side, int round, String label, Load load)
      throws IOException, LoadTestFailure, InterruptedException {
    List<String> names = Plans.names("tenant", load.tenants());
    try (Stage stage = Stage.open(play, side, header, names, load)) {
      stage.environment().fill(load, names);
      double end = warmup + seconds;
      List<Segment> segments =
          List.of(new Segment("warm-up", 0, warmup), new Segment("measure", warmup, end));
      RunData data =
          stage
              .session()
              .play(
                  segments,
                  Plans.streams(
                      stage.environment(),
                      GROUP,
                      load,
                      names,
                      List.of(
                          new Step(0, Math.max(0, warmup - SETTLE_SECONDS), 0),
                          new Step(warmup, end, load.rate()))),
                  names);
      Map<String, Double> values = new LinkedHashMap<>();
      Segment measured = data.segment("measure");
      Summary summary = data.summary(GROUP, measured);
      values.put(
          "cpuPerCall", Measures.ratio(data.cpuSeconds(measured) * 1e6, (double) summary.ok()));
      values.put("throughput", summary.ok() / measured.seconds());
      values.put("cores", data.cpuSeconds(measured) / measured.seconds());
      values.put("p50", summary.p50());
      values.put("p99", summary.p99());
      values.put("goodput", Measures.ratio((double) summary.ok(), (double) summary.due()));
      values.put("rss", data.mostRss() / MEBIBYTE);
      values.put("pss", Usage.pss(stage.environment().measuredPids()) / MEBIBYTE);
      values.put("launchers", Usage.pss(stage.environment().launcherPids()) / MEBIBYTE);
      values.put("connections", (double) stage.environment().redis().connections());
      return Measures.result(side, round, label, data, GROUP, values);
    }
  }
}
