package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerPlan;
import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.jitney.loadtest.plan.WorkerPlan.Sidecar;
import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.process.Environment;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.TenantSpec;
import io.jitney.loadtest.scenario.Attack;
import io.jitney.loadtest.scenario.Phases;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.scenario.Targets;
import io.jitney.loadtest.stats.Recovery;
import io.jitney.loadtest.stats.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Victims alone, during an attack and after it, in one run. */
final class AggressorPlayer implements Player {
  private static final String VICTIMS = "victims";
  private static final double SETTLE_SECONDS = 0.5;

  // The attack is rehearsed in the second half of the warm-up: else what is measured is the
  // compiler, at work for code that only the attack needs. In parts of the warm-up.
  private static final double LEAST_REHEARSED_SECONDS = 4;
  private static final double REHEARSAL_FROM = 0.45;
  private static final double REHEARSAL_TO = 0.85;
  private static final double RECOVERY_WINDOW_SECONDS = 0.5;
  private static final double NORMAL_RATIO = 1.2;
  private static final double NORMAL_GOODPUT = 0.95;
  private static final int CALM_WINDOWS = 2;

  /** A machine on which nothing else happens and health takes that long can not be judged. */
  private static final double MOST_CONTROL_MILLIS_ALONE = 100;

  private static final double MEBIBYTE = 1 << 20;

  private final Play play;
  private final Scenario.Aggressor scenario;
  private final List<String> victims;
  private final List<String> aggressors;

  AggressorPlayer(Play play, Scenario.Aggressor scenario) {
    this.play = play;
    this.scenario = scenario;
    victims = Plans.names("victim", scenario.victims().tenants());
    aggressors = Plans.names("aggressor", scenario.attack().load().tenants());
  }

  @Override
  public String kind() {
    return "aggressor";
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    Attack attack = scenario.attack();
    List<TenantSpec> tenants = new ArrayList<>(Stage.tenants(victims, scenario.victims(), false));
    tenants.addAll(Stage.tenants(aggressors, attack.load(), true));
    try (Stage stage =
        Stage.open(play, side, scenario.header().policies(), attack.storeDelayMillis(), tenants)) {
      Environment environment = stage.environment();
      environment.fill(scenario.victims(), victims);
      environment.fill(attack.load(), aggressors);
      environment.slowDown();
      RunData data =
          stage.session().play(segments(), victimPlan(environment), aggressorPlan(environment));
      return Measures.result(side, round, label, data, VICTIMS, values(data));
    }
  }

  private List<Segment> segments() {
    Phases p = scenario.phases();
    double alone = p.warmup() + p.alone();
    double during = alone + p.during();
    return List.of(
        new Segment("warm-up", 0, p.warmup()),
        new Segment("alone", p.warmup(), alone),
        new Segment("during", alone, during),
        new Segment("after", during, during + p.after()));
  }

  private WorkerPlan victimPlan(Environment environment) {
    double warmup = scenario.phases().warmup();
    double end = scenario.phases().total();
    List<StreamPlan> streams = new ArrayList<>();
    streams.addAll(
        Plans.streams(
            environment,
            VICTIMS,
            scenario.victims(),
            victims,
            List.of(
                new Step(0, Math.max(0, warmup * REHEARSAL_FROM - SETTLE_SECONDS), 0),
                new Step(warmup * REHEARSAL_FROM, end, scenario.victims().rate()))));
    streams.addAll(Plans.probes(environment, victims.getFirst(), warmup, end));
    return new WorkerPlan(
        end, Session.INTERVAL_MILLIS, streams, List.of(), environment.receivers(victims));
  }

  private WorkerPlan aggressorPlan(Environment environment) {
    Attack attack = scenario.attack();
    Phases phases = scenario.phases();
    List<Step> times = new ArrayList<>();
    if (phases.warmup() >= LEAST_REHEARSED_SECONDS) {
      times.add(
          new Step(
              phases.warmup() * REHEARSAL_FROM,
              phases.warmup() * REHEARSAL_TO,
              attack.load().rate()));
    }
    double from = phases.warmup() + phases.alone();
    times.add(new Step(from, from + phases.during(), attack.load().rate()));
    List<StreamPlan> streams = new ArrayList<>();
    List<AttackPlan> attacks = new ArrayList<>();
    if (attack.kind() == Attack.Kind.LOAD) {
      streams.addAll(Plans.streams(environment, "aggressors", attack.load(), aggressors, times));
    } else {
      for (String name : aggressors) {
        times.forEach(time -> attacks.add(plan(attack, environment.sidecar(name), time)));
      }
    }
    return new WorkerPlan(
        phases.total(),
        Session.INTERVAL_MILLIS,
        streams,
        attacks,
        environment.receivers(aggressors));
  }

  private static AttackPlan plan(Attack attack, Sidecar sidecar, Step time) {
    return new AttackPlan(
        attack.kind(),
        sidecar,
        attack.load().connections(),
        attack.load().rate(),
        attack.bytesPerSecond(),
        attack.holdMillis(),
        Environment.STORE,
        attack.load().calls().getFirst(),
        time.from(),
        time.to());
  }

  private Map<String, Double> values(RunData data) {
    Map<String, Double> values = new LinkedHashMap<>();
    Summary alone = data.summary(VICTIMS, data.segment("alone"));
    Summary during = data.summary(VICTIMS, data.segment("during"));
    values.put("p99Alone", alone.p99());
    values.put("p99During", during.p99());
    // Victims that are not well even alone are nothing to compare with.
    if (alone.ok() >= alone.due() * Doubts.LEAST_ANSWERED) {
      values.put("p99Ratio", Measures.ratio(during.p99(), alone.p99()));
      values.put("p999Ratio", Measures.ratio(during.p999(), alone.p999()));
      values.put("p50Ratio", Measures.ratio(during.p50(), alone.p50()));
      values.put(
          "goodput",
          Measures.ratio((double) during.ok() / during.due(), (double) alone.ok() / alone.due()));
      values.put("recovery", recovery(data));
    }
    Segment attack = data.segment("during");
    for (String probe : List.of("redis", "app")) {
      double before = data.summary(probe, data.segment("alone")).p99();
      values.put(probe + "Ratio", Measures.ratio(data.summary(probe, attack).p99(), before));
    }
    if (slowestControl(data, data.segment("alone")) < MOST_CONTROL_MILLIS_ALONE) {
      values.put("control", slowestControl(data, attack));
    }
    values.put("rss", data.mostRss() / MEBIBYTE);
    values.put("lag", data.lagMillis());
    values.put("cpu", data.cpuSeconds(attack) / attack.seconds());
    return values;
  }

  private static double slowestControl(RunData data, Segment segment) {
    return Math.max(data.summary("control", segment).max(), data.summary("health", segment).max());
  }

  /**
   * A window is normal when its p90 is no more than 1.2 times that of the windows before the
   * attack, or no more than the worst of these, and nearly all is answered.
   */
  private double recovery(RunData data) {
    int window = (int) (RECOVERY_WINDOW_SECONDS * 1000 / data.intervalMillis());
    Segment alone = data.segment("alone");
    Segment after = data.segment("after");
    List<Summary> before = data.windows(VICTIMS, alone.from(), alone.to(), window);
    double worst = before.stream().mapToDouble(Summary::p90).max().orElse(0);
    double usual = Spread.of(before.stream().map(Summary::p90).toList()).median();
    double limit = Math.max(worst, usual * NORMAL_RATIO);
    List<Summary> windows = data.windows(VICTIMS, after.from(), after.to(), window);
    boolean[] normal = new boolean[windows.size()];
    for (int i = 0; i < normal.length; i++) {
      Summary w = windows.get(i);
      normal[i] = w.p90() <= limit && w.ok() >= w.due() * NORMAL_GOODPUT;
    }
    return Recovery.seconds(normal, 0, CALM_WINDOWS, RECOVERY_WINDOW_SECONDS);
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    Targets t = scenario.header().targets();
    return new Measures(runs)
        .told("victims' p99 alone", "ms", "p99Alone", "")
        .told("victims' p99 during", "ms", "p99During", "")
        .atMost("victims' p99, during / alone", "x", t.p99Ratio(), "p99Ratio")
        .atMost("victims' p99.9, during / alone", "x", t.p999Ratio(), "p999Ratio")
        .atLeast("victims' goodput, during / alone", "x", t.goodput(), "goodput")
        .atMost("normal again after", "s", t.recoverySeconds(), "recovery")
        .atMost("slowest health or admin answer during", "ms", t.controlMillis(), "control")
        .atMost("most RSS", "MiB", t.rssMiB(), "rss")
        .told("past the daemon: Redis' p99, during / alone", "x", "redisRatio", "")
        .told("past the daemon: app's p99, during / alone", "x", "appRatio", "")
        .list();
  }
}
