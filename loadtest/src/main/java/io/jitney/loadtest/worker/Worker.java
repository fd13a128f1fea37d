package io.jitney.loadtest.worker;

import io.jitney.loadtest.attack.Attacks;
import io.jitney.loadtest.attack.Tally;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan;
import io.jitney.loadtest.plan.WorkerPlan.AttackPlan;
import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.plan.WorkerPlan.StreamPlan;
import io.jitney.loadtest.plan.WorkerResult;
import io.jitney.loadtest.plan.WorkerResult.GroupResult;
import io.jitney.loadtest.schedule.ArrivalTimes;
import io.jitney.loadtest.schedule.Pacer;
import io.jitney.loadtest.stats.Latencies;
import io.jitney.loadtest.wire.Arrivals;
import io.jitney.loadtest.wire.GroupRecorder;
import io.jitney.loadtest.wire.Outcome;
import io.jitney.loadtest.wire.RequestStream;
import io.jitney.loadtest.wire.Streams;
import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Plays a plan from its start to its end. */
// What is put on the loop to be done later has nobody who waits for it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Worker {
  private static final int SWEEP_MILLIS = 10;
  private static final int LIVE_MILLIS = 500;
  private static final long MOST_WAIT_MILLIS = 12_000;

  private final WorkerPlan plan;
  private final long start;
  private final EventLoop loop;
  private final ContextInternal context;
  private final Histogram lag = Latencies.empty();
  private final Map<String, GroupRecorder> groups = new LinkedHashMap<>();
  private final List<RequestStream> streams = new ArrayList<>();
  private final Tally tally;
  private final Arrivals arrivals;

  Worker(WorkerPlan plan, long startNanos, ContextInternal context, Arrivals arrivals) {
    this.plan = plan;
    this.context = context;
    this.arrivals = arrivals;
    start = startNanos;
    tally = new Tally(startNanos, plan.seconds(), plan.intervalMillis());
    loop = context.nettyEventLoop();
  }

  WorkerResult run() throws Exception {
    List<Pacer.Entry> entries = onLoop(this::prepare);
    loop.scheduleAtFixedRate(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    loop.scheduleAtFixedRate(this::live, LIVE_MILLIS, LIVE_MILLIS, TimeUnit.MILLISECONDS);
    for (AttackPlan attack : plan.attacks()) {
      Attacks.Running running = Attacks.of(attack, loop, tally);
      at(attack.from(), running::start);
      at(attack.to(), running::stop);
    }
    new Pacer(start, loop, entries).run();
    long end = start + (long) (plan.seconds() * 1e9);
    LockSupport.parkNanos(end - System.nanoTime());
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_WAIT_MILLIS);
    while (System.nanoTime() < patience && !onLoop(this::isQuiet)) {
      TimeUnit.MILLISECONDS.sleep(SWEEP_MILLIS);
    }
    return onLoop(this::result);
  }

  private List<Pacer.Entry> prepare() {
    Streams maker = new Streams(context, lag, arrivals);
    List<Pacer.Entry> entries = new ArrayList<>();
    for (StreamPlan stream : plan.streams()) {
      GroupRecorder group =
          groups.computeIfAbsent(
              stream.group(), g -> new GroupRecorder(start, plan.seconds(), plan.intervalMillis()));
      RequestStream made = maker.stream(stream, group);
      streams.add(made);
      entries.add(
          new Pacer.Entry(
              new ArrivalTimes(stream.steps(), stream.arrivals(), stream.seed()), made));
      for (Step step : stream.steps()) {
        if (step.rate() <= 0) {
          at(step.from(), () -> made.closedLoop(start, step));
        }
      }
    }
    return entries;
  }

  private void at(double seconds, Runnable action) {
    long delay = start + (long) (seconds * 1e9) - System.nanoTime();
    loop.schedule(action, Math.max(0, delay), TimeUnit.NANOSECONDS);
  }

  private void sweep() {
    streams.forEach(RequestStream::sweep);
  }

  private boolean isQuiet() {
    return streams.stream().allMatch(RequestStream::isQuiet);
  }

  /** Totals so far; who reads them makes rates of them. */
  private void live() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", "live");
    groups.forEach(
        (name, group) ->
            line.put(
                name,
                List.of(
                    group.total(Outcome.OK),
                    group.total(Outcome.REFUSED),
                    group.total(Outcome.FAILED)
                        + group.total(Outcome.LOST)
                        + group.total(Outcome.LATE))));
    System.out.println(Json.text(line));
  }

  private WorkerResult result() {
    streams.forEach(RequestStream::close);
    Map<String, GroupResult> results = new LinkedHashMap<>();
    groups.forEach((name, group) -> results.put(name, group.result()));
    return new WorkerResult(plan.intervalMillis(), results, tally.counts(), Latencies.text(lag));
  }

  private <T> T onLoop(java.util.function.Supplier<T> action) throws Exception {
    return CompletableFuture.supplyAsync(action, loop).get(60, TimeUnit.SECONDS);
  }
}
