package io.jitney.loadtest;

import io.jitney.loadtest.app.AppProcess;
import io.jitney.loadtest.cli.LoadTest;
import io.jitney.loadtest.worker.DurabilityProcess;
import io.jitney.loadtest.worker.WorkerProcess;
import java.util.Arrays;

/** The program, and the processes that it starts of itself. */
public final class Main {
  /** First argument of a process that makes load. */
  public static final String WORKER = "__worker";

  /** First argument of a process that is apps and proxies. */
  public static final String APP = "__app";

  /** First argument of a process that publishes numbered events and receives them. */
  public static final String DURABILITY = "__durability";

  private Main() {}

  public static void main(String[] args) throws Exception {
    String first = args.length == 0 ? "" : args[0];
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    switch (first) {
      case WORKER -> WorkerProcess.run(rest);
      case DURABILITY -> DurabilityProcess.run(rest);
      case APP -> AppProcess.run(rest);
      default -> System.exit(LoadTest.run(args));
    }
  }
}
