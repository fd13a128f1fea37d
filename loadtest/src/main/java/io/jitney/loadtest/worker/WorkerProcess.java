package io.jitney.loadtest.worker;

import io.jitney.loadtest.plan.Json;
import io.jitney.loadtest.plan.WorkerPlan;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

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
    System.out.println(Json.text(Map.of("event", "ready")));
    String line = input.readLine();
    if (line == null || !line.startsWith("go ")) {
      System.exit(1);
      return;
    }
    long start = Long.parseLong(line.substring(3));
    Thread.ofPlatform().daemon().start(() -> endWith(input));
    Worker worker = new Worker(plan, start);
    Json.write(Path.of(args[1]), worker.run());
    System.out.println(Json.text(Map.of("event", "done")));
    System.exit(0);
  }

  private static void endWith(BufferedReader input) {
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
