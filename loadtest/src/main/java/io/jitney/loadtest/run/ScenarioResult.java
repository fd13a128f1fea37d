package io.jitney.loadtest.run;

import java.util.List;

/**
 * All runs of a scenario.
 *
 * @param kind aggressor, fairness, overload, cost, scale or durability
 */
public record ScenarioResult(
    String name,
    String kind,
    String title,
    String about,
    List<RunResult> runs,
    List<Measure> measures) {}
