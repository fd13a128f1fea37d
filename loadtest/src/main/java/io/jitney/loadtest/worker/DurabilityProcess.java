package io.jitney.loadtest.worker;

import io.jitney.loadtest.plan.DurabilityPlan;
import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.stats.Latencies;
import io.jitney.loadtest.wire.Arrivals;
import io.jitney.loadtest.wire.Receivers;
import io.jitney.loadtest.wire.Streams;
import io.vertx.core.internal.ContextInternal;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The process: {@code PLAN RESULT}, both files. Says {@code ready} when the apps are there, begins
 * with the first line of its input, says how things are every half second, ends when all is
 * acknowledged and has arrived, or nothing new arrives any more.
 */
public final class DurabilityProcess {
  private DurabilityProcess() {}

  public static void run(String[] args) throws Exception {
    DurabilityPlan plan = Json.read(Path.of(args[0]), DurabilityPlan.class);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ContextInternal context = WorkerProcess.context();
    EventLedger ledger = new EventLedger();
    WorkerProcess.await(new Receivers(context, ledger::arrived).open(plan.receivers()));
    System.out.println(Json.text(Map.of("event", "ready")));
    if (input.readLine() == null) {
      System.exit(1);
      return;
    }
    Thread.ofPlatform().daemon().start(() -> WorkerProcess.endWith(input));
    Streams streams = new Streams(context, Latencies.empty(), new Arrivals());
    AtomicReference<DurabilityRun> run = new AtomicReference<>();
    context.runOnContext(v -> run.set(new DurabilityRun(plan, context, streams, ledger).begin()));
    while (run.get() == null || !run.get().isDone()) {
      Thread.sleep(100);
    }
    Json.write(Path.of(args[1]), run.get().result());
    System.out.println(Json.text(Map.of("event", "done")));
    System.exit(0);
  }
}
