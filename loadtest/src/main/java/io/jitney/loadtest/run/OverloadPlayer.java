package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.scenario.Load;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.scenario.Targets;
import io.jitney.loadtest.stats.Recovery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The peak, then multiples of it, then half of it. */
final class OverloadPlayer implements Player {
  private static final String GROUP = "tenants";
  private static final double CALM = 0.5;
  private static final double NORMAL_GOODPUT = 0.95;
  private static final double NORMAL_RATIO = 1.5;
  private static final int CALM_WINDOWS = 2;
  private static final double WINDOW_SECONDS = 0.5;

  private final Play play;
  private final Scenario.Overload scenario;
  private final List<String> names;

  OverloadPlayer(Play play, Scenario.Overload scenario) {
    this.play = play;
    this.scenario = scenario;
    names = Plans.names("tenant", scenario.load().tenants());
  }

  @Override
  public String kind() {
    return "overload";
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    try (Stage stage = Stage.open(play, side, scenario.header(), names, scenario.load())) {
      stage.environment().fill(scenario.load(), names);
      double peak = peak(stage);
      RunData data = steps(stage, peak);
      return Measures.result(side, round, label, data, GROUP, values(data, peak));
    }
  }

  /** Good answers per second when each connection sends as soon as it may. */
  private double peak(Stage stage) throws IOException, LoadTestFailure, InterruptedException {
    double end = scenario.warmup() + scenario.peakSeconds();
    List<Segment> segments =
        List.of(
            new Segment("warm-up", 0, scenario.warmup()),
            new Segment("peak", scenario.warmup(), end));
    Load closed = scenario.load().withRate(0).withConnections(scenario.peakConnections());
    RunData data = play(stage, segments, closed, List.of(new Step(0, end, 0)));
    double peak = data.summary(GROUP, data.segment("peak")).ok() / scenario.peakSeconds();
    if (peak < 1) {
      throw new LoadTestFailure("there was no good answer while the peak was measured");
    }
    return peak;
  }

  private RunData steps(Stage stage, double peak)
      throws IOException, LoadTestFailure, InterruptedException {
    List<Segment> segments = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    // The generator is a new process: it, too, is to be compiled before it is believed.
    double at = scenario.warmup();
    segments.add(new Segment("warm-up", 0, at));
    steps.add(new Step(0, Math.max(0, at - 0.5), peak * CALM));
    for (double multiple : scenario.multiples()) {
      double end = at + scenario.stepSeconds();
      segments.add(new Segment(name(multiple), at, end));
      steps.add(new Step(at, end, peak * multiple));
      at = end;
    }
    double end = at + scenario.recoverySeconds();
    segments.add(new Segment("recovery", at, end));
    steps.add(new Step(at, end, peak * CALM));
    return play(stage, segments, scenario.load(), steps);
  }

  private RunData play(Stage stage, List<Segment> segments, Load load, List<Step> steps)
      throws IOException, LoadTestFailure, InterruptedException {
    List<StreamPlan> streams =
        new ArrayList<>(Plans.streams(stage.environment(), GROUP, load, names, steps));
    streams.addAll(
        Plans.probes(stage.environment(), segments.getFirst().from(), segments.getLast().to()));
    return stage.session().play(segments, streams, names);
  }

  private static String name(double multiple) {
    return String.format(
        Locale.ROOT,
        "%sx",
        multiple == Math.rint(multiple)
            ? Long.toString((long) multiple)
            : Double.toString(multiple));
  }

  private Map<String, Double> values(RunData data, double peak) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("peak", peak);
    double worst = Double.POSITIVE_INFINITY;
    for (double multiple : scenario.multiples()) {
      Segment segment = data.segment(name(multiple));
      Summary summary = data.summary(GROUP, segment);
      double goodput = summary.ok() / segment.seconds() / peak;
      values.put("goodput " + name(multiple), goodput);
      values.put("sent " + name(multiple), summary.sent() / segment.seconds() / peak);
      values.put("p99 " + name(multiple), summary.p99());
      if (multiple >= 1) {
        worst = Math.min(worst, goodput);
      }
    }
    values.put("goodput", values.get("goodput " + name(scenario.multiples().getLast())));
    values.put("goodputLeast", worst);
    Segment calm = data.segments().get(1);
    Segment most = data.segment(name(scenario.multiples().getLast()));
    values.put(
        "redisRatio",
        Measures.ratio(data.summary("redis", most).p99(), data.summary("redis", calm).p99()));
    values.put("control", data.summary("control", most).max());
    values.put("recovery", recovery(data));
    values.put("rss", data.mostRss() / (double) (1 << 20));
    return values;
  }

  private double recovery(RunData data) {
    Segment calm = data.segments().get(1);
    Segment after = data.segment("recovery");
    int window = data.index(WINDOW_SECONDS);
    double limit =
        NORMAL_RATIO
            * data.windows(GROUP, calm.from(), calm.to(), window).stream()
                .mapToDouble(Summary::p90)
                .max()
                .orElse(0);
    List<Summary> windows = data.windows(GROUP, after.from(), after.to(), window);
    boolean[] normal = new boolean[windows.size()];
    for (int i = 0; i < normal.length; i++) {
      Summary w = windows.get(i);
      normal[i] = w.ok() >= w.due() * NORMAL_GOODPUT && w.p90() <= limit;
    }
    return Recovery.seconds(normal, 0, CALM_WINDOWS, WINDOW_SECONDS);
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    Targets t = scenario.header().targets();
    String most = name(scenario.multiples().getLast());
    Measures measures =
        new Measures(runs)
            .told("peak", "/s", "peak", "")
            .atLeast("goodput at " + most + " / peak", "x", t.goodput(), "goodput")
            .told("requests really sent at " + most + " / peak", "x", "sent " + most, "")
            .told("least goodput at 1x and more / peak", "x", "goodputLeast", "")
            .atMost("normal again after", "s", t.recoverySeconds(), "recovery")
            .told("slowest admin answer at " + most, "ms", "control", "")
            .told("past the daemon: Redis' p99, " + most + " / calm", "x", "redisRatio", "")
            .atMost("most RSS", "MiB", t.rssMiB(), "rss");
    return measures.list();
  }
}
