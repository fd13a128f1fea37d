package io.jitney.loadtest.run;

import io.jitney.loadtest.process.LoadTestFailure;
import io.jitney.loadtest.scenario.Side;
import java.io.IOException;
import java.util.List;

/** Plays one kind of scenario. */
interface Player {
  /** Aggressor, fairness, overload, cost, scale or durability. */
  String kind();

  /** What is run on each side in a round: labels, one run each. Most run once. */
  default List<String> labels(Side side) {
    return List.of("");
  }

  RunResult run(Side side, int round, String label)
      throws IOException, LoadTestFailure, InterruptedException;

  /** What the runs come to; those that failed have no values. */
  List<Measure> measures(List<RunResult> runs);
}
