package io.jitney.loadtest.worker;

import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan;
import io.jitney.loadtest.wire.Arrivals;
import io.jitney.loadtest.wire.Receivers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The process: {@code PLAN RESULT}, both files. Says {@code ready}, waits for {@code go NANOS} on
 * its input, says how things are every half second, ends when all is written. It ends at once when
 * its input does: nobody is there any more.
 */
public final class WorkerProcess {
  private WorkerProcess() {}

  public static void run(String[] args) throws Exception {
    WorkerPlan plan = Json.read(Path.of(args[0]), WorkerPlan.class);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ContextInternal context = context();
    Arrivals arrivals = new Arrivals();
    await(new Receivers(context, arrivals::arrived).open(plan.receivers()));
    System.out.println(Json.text(Map.of("event", "ready")));
    String line = input.readLine();
    if (line == null || !line.startsWith("go ")) {
      System.exit(1);
      return;
    }
    long start = Long.parseLong(line.substring(3));
    Thread.ofPlatform().daemon().start(() -> endWith(input));
    Worker worker = new Worker(plan, start, context, arrivals);
    Json.write(Path.of(args[1]), worker.run());
    System.out.println(Json.text(Map.of("event", "done")));
    System.exit(0);
  }

  /** One event loop for all of a worker. */
  static ContextInternal context() {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  static void endWith(BufferedReader input) {
    try {
      while (input.readLine() != null) {
        // whatever it says
      }
    } catch (java.io.IOException gone) {
      // the same
    }
    Runtime.getRuntime().halt(1);
  }
}
