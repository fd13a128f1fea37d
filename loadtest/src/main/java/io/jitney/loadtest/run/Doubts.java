package io.jitney.loadtest.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What about a run makes its figures doubtful, through no doing of what is measured. */
final class Doubts {
  /** Share of the requests of a calm segment that must be answered well. */
  static final double LEAST_ANSWERED = 0.9;

  private static final double MOST_LAG_MILLIS = 2;
  private static final double MOST_PROBE_RATIO = 1.5;
  private static final double CALM_PROBE_MILLIS = 1;

  private Doubts() {}

  static List<String> of(RunData data, String group) {
    List<String> doubts = new ArrayList<>();
    Segment calm = data.segments().get(1);
    Summary first = data.summary(group, calm);
    if (first.due() > 0 && first.ok() < first.due() * LEAST_ANSWERED) {
      doubts.add(
          String.format(
              Locale.ROOT,
              "in \"%s\" only %.0f %% of the requests were answered well: nothing to compare with",
              calm.name(),
              100.0 * first.ok() / first.due()));
    }
    if (data.lagMillis() > MOST_LAG_MILLIS) {
      doubts.add(
          String.format(
              Locale.ROOT,
              "the generator was late by %.1f ms at its p99: it had not enough processor time",
              data.lagMillis()));
    }
    for (String probe : List.of("redis", "app")) {
      Summary before = data.summary(probe, calm);
      if (before.p99() > CALM_PROBE_MILLIS * 5) {
        doubts.add(
            String.format(
                Locale.ROOT,
                "%s, asked past the daemon, took %.1f ms at p99 in \"%s\": the machine is busy",
                probe.equals("redis") ? "Redis" : "the app",
                before.p99(),
                calm.name()));
      }
      for (Segment segment : data.segments()) {
        Summary then = data.summary(probe, segment);
        if (segment.name().equals("during")
            && then.p99() > Math.max(CALM_PROBE_MILLIS, before.p99() * MOST_PROBE_RATIO)) {
          doubts.add(
              String.format(
                  Locale.ROOT,
                  "%s, asked past the daemon, was slower during, too: p99 %.2f ms after %.2f ms",
                  probe.equals("redis") ? "Redis" : "the app",
                  then.p99(),
                  before.p99()));
        }
      }
    }
    return doubts;
  }
}
