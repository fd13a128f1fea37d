package io.jitney.daemon.demo;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jitney demo}. */
@Command(
    name = "demo",
    description = {
      "Shows in a minute what Jitney is.",
      "",
      "Starts a daemon of its own with embedded defaults and two small apps as processes beside it. One app calls the",
      "other, both keep state under one key in one store without seeing each other's, and then many more apps come.",
      "Needs nothing installed, uses a temporary folder, cleans up.",
      "",
      "Exit code 0 when every step went as it should."
    })
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--apps",
      paramLabel = "COUNT",
      description = "How many apps there are in the end, 10 to 1000. Default: 100.")
  private int apps = 100;

  @Override
  public Integer call() throws Exception {
    return Demo.run(Math.clamp(apps, 10, 1000));
  }
}
