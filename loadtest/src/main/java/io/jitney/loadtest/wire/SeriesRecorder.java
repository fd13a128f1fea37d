package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerResult.CallSeries;
import io.jitney.loadtest.stats.Latencies;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/** Counts and latencies per interval of one kind of call. On the event loop. */
final class SeriesRecorder {
  private final long[] due;
  private final long[] sent;
  private final long[][] outcomes;
  private final @Nullable IntCountsHistogram[] histograms;

  SeriesRecorder(int intervals) {
    due = new long[intervals];
    sent = new long[intervals];
    outcomes = new long[Outcome.values().length][intervals];
    histograms = new IntCountsHistogram[intervals];
  }

  void due(int interval) {
    due[interval]++;
  }

  void sent(int interval) {
    sent[interval]++;
  }

  void ended(int interval, Outcome outcome, long latencyNanos) {
    outcomes[outcome.ordinal()][interval]++;
    // A refusal is quick and a failure may be: neither is a latency. What never came is.
    if (outcome == Outcome.OK || outcome == Outcome.LATE) {
      IntCountsHistogram histogram = histograms[interval];
      if (histogram == null) {
        histogram = Latencies.forInterval();
        histograms[interval] = histogram;
      }
      histogram.recordValue(Latencies.micros(latencyNanos));
    }
  }

  CallSeries series() {
    String[] texts = new String[histograms.length];
    for (int i = 0; i < texts.length; i++) {
      IntCountsHistogram histogram = histograms[i];
      texts[i] = histogram == null ? "" : Latencies.text(histogram);
    }
    return new CallSeries(
        due,
        sent,
        outcomes[Outcome.OK.ordinal()],
        outcomes[Outcome.REFUSED.ordinal()],
        outcomes[Outcome.FAILED.ordinal()],
        outcomes[Outcome.LATE.ordinal()],
        texts);
  }
}
