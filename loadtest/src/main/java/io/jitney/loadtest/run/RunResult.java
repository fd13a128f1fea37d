package io.jitney.loadtest.run;

import io.jitney.loadtest.process.UsageSampler.Sample;
import io.jitney.loadtest.scenario.Side;
import java.util.List;
import java.util.Map;

/**
 * One run.
 *
 * @param label what distinguishes it beside the side, such as a count of tenants; may be empty
 * @param summaries by group and segment; {@code group/call} has the parts
 * @param timelines by group
 * @param tenants good answers per interval, by app id
 * @param attacks what attacks counted, per interval
 * @param values figures of this kind of scenario, by name
 * @param notes what makes the figures doubtful, for people
 * @param failure why it did not come to its end; empty otherwise
 */
// Plain series of numbers, written to JSON and read from it; nobody compares or keeps them.
@SuppressWarnings("ArrayRecordComponent")
public record RunResult(
    Side side,
    int round,
    String label,
    int intervalMillis,
    List<Segment> segments,
    Map<String, Map<String, Summary>> summaries,
    Map<String, Timeline> timelines,
    Map<String, long[]> tenants,
    Map<String, long[]> attacks,
    List<Sample> usage,
    Map<String, Double> values,
    List<String> notes,
    String failure) {

  /** Per interval of half a second; latencies in milliseconds, 0 without any. */
  public record Timeline(
      double seconds,
      long[] due,
      long[] ok,
      long[] refused,
      long[] bad,
      double[] p50,
      double[] p99) {}

  /** NaN when the run has no such figure. */
  public double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  static RunResult failed(Side side, int round, String label, String why) {
    return new RunResult(
        side, round, label, 1, List.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of(),
        Map.of(), List.of(), why);
  }
}
