package io.jitney.loadtest.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.jitney.loadtest.plan.DurabilityPlan;
import io.jitney.loadtest.plan.DurabilityResult;
import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.process.Environment;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.UsageSampler;
import io.jitney.loadtest.process.WorkerHandle;
import io.jitney.loadtest.scenario.Scenario;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events that are numbered, and a daemon that is killed every few seconds. */
final class DurabilityPlayer implements Player {
  private static final int LOOK_MILLIS = 250;
  private static final int RESULT_SECONDS = 30;
  private static final double MEBIBYTE = 1 << 20;

  private final Play play;
  private final Scenario.Durability scenario;
  private final List<String> names;

  DurabilityPlayer(Play play, Scenario.Durability scenario) {
    this.play = play;
    this.scenario = scenario;
    names = Plans.names("tenant", scenario.load().tenants());
  }

  @Override
  public String kind() {
    return "durability";
  }

  @Override
  public RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException {
    try (Stage stage = Stage.open(play, side, scenario.header(), names, scenario.load())) {
      Environment environment = stage.environment();
      WorkerHandle worker = new WorkerHandle(play.running(), "durability", plan(environment));
      worker.awaitReady();
      environment.awaitSubscribed();
      long start = System.nanoTime();
      worker.go(start);
      Course course = new Course();
      try (UsageSampler sampler = new UsageSampler(environment::measuredPids, start)) {
        killUntilDone(environment, worker, course, start);
        DurabilityResult result = worker.result(RESULT_SECONDS, DurabilityResult.class);
        Map<String, Double> values = values(result, course);
        values.put(
            "rss", sampler.samples().stream().mapToLong(s -> s.rss()).max().orElse(0) / MEBIBYTE);
        return new RunResult(
            side,
            round,
            label,
            LOOK_MILLIS,
            List.of(new Segment("killed", 0, course.kept() * LOOK_MILLIS / 1000.0)),
            Map.of(),
            Map.of(),
            Map.of(),
            course.series(),
            sampler.samples(),
            values,
            List.of(),
            "");
      }
    }
  }

  private DurabilityPlan plan(Environment environment) {
    return new DurabilityPlan(
        Plans.streams(environment, "events", scenario.load(), names, List.of(new Step(0, 0, 0))),
        environment.receivers(names),
        scenario.count(),
        scenario.patience());
  }

  private void killUntilDone(
      Environment environment, WorkerHandle worker, Course course, long start)
      throws IOException, LoadTestFailure, InterruptedException {
    long up = start;
    long next = start;
    boolean killing = true;
    while (!worker.isDone()) {
      next += LOOK_MILLIS * 1_000_000L;
      Thread.sleep(Math.max(1, (next - System.nanoTime()) / 1_000_000));
      JsonNode live = worker.live();
      long acknowledged = live.path("acknowledged").path(0).asLong();
      course.saw(acknowledged, live.path("arrived"));
      play.progress().at("killed " + course.kills() + " times", scenario.count(), live);
      // What is under way at the end is to arrive from a daemon that stays.
      killing &= acknowledged < scenario.count();
      if (killing && (System.nanoTime() - up) / 1e9 >= scenario.killEvery()) {
        course.killed();
        environment.killAndRestart();
        up = System.nanoTime();
      }
      if (!killing && !environment.isAlive()) {
        throw new LoadTestFailure(
            "what is measured has ended by itself; it says: " + environment.lastWords());
      }
    }
  }

  private static Map<String, Double> values(DurabilityResult result, Course course) {
    Map<String, Double> values = new LinkedHashMap<>();
    double acknowledged = result.acknowledged();
    values.put("acknowledged", acknowledged);
    values.put("kills", (double) course.kills());
    values.put("lost", (double) result.lost());
    values.put("kept", 100 * Measures.ratio(acknowledged - result.lost(), acknowledged));
    values.put("duplicates", (double) result.duplicates());
    values.put("inDoubt", (double) result.inDoubt());
    values.put("inDoubtArrived", (double) result.inDoubtArrived());
    values.put("refused", (double) result.refused());
    values.put("seconds", result.seconds());
    values.put("throughput", Measures.ratio(acknowledged, result.seconds()));
    return values;
  }

  @Override
  public List<Measure> measures(List<RunResult> runs) {
    return new Measures(runs)
        .told("kills", "", "kills", "")
        .told("events acknowledged to their publishers", "", "acknowledged", "")
        .atLeast("of these, arrived", "%", 100, "kept")
        .told("of these, lost", "", "lost", "")
        .told("arrived more than once", "", "duplicates", "")
        .told("tried without an answer (connection lost or refused)", "", "inDoubt", "")
        .told("of these, arrived all the same", "", "inDoubtArrived", "")
        .told("of these, answered badly instead", "", "refused", "")
        .told("seconds until the last arrived", "s", "seconds", "")
        .told("events per second, kills included", "/s", "throughput", "")
        .told("most RSS", "MiB", "rss", "")
        .list();
  }

  /** How it went, a figure for each look. */
  private static final class Course {
    private final List<long[]> looks = new ArrayList<>();
    private long acknowledged;
    private long arrived;
    private long duplicates;
    private long kills;
    private long killsBefore;

    void killed() {
      kills++;
    }

    long kills() {
      return kills;
    }

    int kept() {
      return looks.size();
    }

    void saw(long nowAcknowledged, JsonNode nowArrived) {
      looks.add(
          new long[] {
            nowAcknowledged - acknowledged,
            nowArrived.path(0).asLong() - arrived,
            nowArrived.path(2).asLong() - duplicates,
            kills - killsBefore
          });
      acknowledged = nowAcknowledged;
      arrived = nowArrived.path(0).asLong();
      duplicates = nowArrived.path(2).asLong();
      killsBefore = kills;
    }

    Map<String, long[]> series() {
      Map<String, long[]> series = new LinkedHashMap<>();
      List<String> what = List.of("acknowledged", "arrived", "duplicates", "kills");
      for (int i = 0; i < what.size(); i++) {
        int index = i;
        series.put(what.get(i), looks.stream().mapToLong(look -> look[index]).toArray());
      }
      return series;
    }
  }
}
