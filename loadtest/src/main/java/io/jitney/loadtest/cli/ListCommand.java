package io.jitney.loadtest.cli;

import io.jitney.loadtest.scenario.Scenario;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code loadtest list}. */
@Command(
    name = "list",
    description =
        "Lists the scenarios: files in loadtest/scenarios, whose fields its README tells.")
final class ListCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    System.out.printf("%-22s %-10s %s%n", "NAME", "KIND", "WHAT");
    for (Scenario scenario : ScenarioFiles.all(false)) {
      System.out.printf(
          "%-22s %-10s %s%n",
          scenario.header().name(), ScenarioFiles.kind(scenario), scenario.header().title());
    }
    return 0;
  }
}
