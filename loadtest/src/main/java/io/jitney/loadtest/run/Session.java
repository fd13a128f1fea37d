package io.jitney.loadtest.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.plan.WorkerResult;
import io.jitney.loadtest.process.Children;
import io.jitney.loadtest.process.Environment;
import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.process.UsageSampler;
import io.jitney.loadtest.process.WorkerHandle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lets workers play together against an environment, watched from the first to the last second. */
final class Session {
  /** Groups that look at the machine, or that only ask whether somebody is there. */
  static final Set<String> PROBES = Set.of("redis", "app", "control", "health");

  /** Of all time series. */
  static final int INTERVAL_MILLIS = 250;

  private static final long AHEAD_NANOS = 300_000_000;
  private static final int AFTERWARDS_SECONDS = 30;
  private static final long LOOK_MILLIS = 500;

  private final Children children;
  private final Environment environment;
  private final Progress progress;
  private int played;

  Session(Children children, Environment environment, Progress progress) {
    this.children = children;
    this.environment = environment;
    this.progress = progress;
  }

  /** Plays the load of these tenants, until the last segment ends. */
  RunData play(List<Segment> segments, List<StreamPlan> streams, List<String> tenants)
      throws IOException, LoadTestFailure, InterruptedException {
    WorkerPlan plan =
        new WorkerPlan(
            segments.getLast().to(),
            INTERVAL_MILLIS,
            streams,
            List.of(),
            environment.receivers(tenants));
    return play(segments, plan, null);
  }

  RunData play(List<Segment> segments, WorkerPlan plan, @Nullable WorkerPlan aggressor)
      throws IOException, LoadTestFailure, InterruptedException {
    List<WorkerHandle> workers = new ArrayList<>();
    played++;
    workers.add(new WorkerHandle(children, "worker-" + played, false, plan));
    if (aggressor != null) {
      workers.add(new WorkerHandle(children, "aggressor-" + played, true, aggressor));
    }
    for (WorkerHandle worker : workers) {
      worker.awaitReady();
    }
    environment.awaitSubscribed();
    long start = System.nanoTime() + AHEAD_NANOS;
    for (WorkerHandle worker : workers) {
      worker.go(start);
    }
    try (UsageSampler sampler = new UsageSampler(environment::measuredPids, start)) {
      watch(segments, workers, start);
      List<WorkerResult> results = new ArrayList<>();
      for (WorkerHandle worker : workers) {
        results.add(worker.result(AFTERWARDS_SECONDS));
      }
      return new RunData(segments, results, sampler.samples());
    }
  }

  private void watch(List<Segment> segments, List<WorkerHandle> workers, long start)
      throws LoadTestFailure, InterruptedException {
    double end = segments.getLast().to();
    double now;
    while ((now = (System.nanoTime() - start) / 1e9) < end) {
      if (!environment.isAlive()) {
        throw new LoadTestFailure(
            "what is measured has ended by itself; it says: " + environment.lastWords());
      }
      ObjectNode totals = Json.mapper().createObjectNode();
      workers.forEach(
          worker -> worker.live().properties().forEach(e -> totals.set(e.getKey(), e.getValue())));
      progress.at(nameAt(segments, now), end - now, totals);
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static String nameAt(List<Segment> segments, double now) {
    for (Segment segment : segments) {
      if (now < segment.to()) {
        return segment.name();
      }
    }
    return segments.getLast().name();
  }
}
