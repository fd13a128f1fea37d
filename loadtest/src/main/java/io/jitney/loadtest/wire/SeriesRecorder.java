package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerResult.CallSeries;
import io.jitney.loadtest.stats.Latencies;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/** Counts and latencies per interval of one kind of call. On the event loop. */
final class SeriesRecorder {
  private final long[] due;
  private final long[] sent;
  private final long[] ok;
  private final long[] refused;
  private final long[] failed;
  private final long[] late;
  private final @Nullable IntCountsHistogram[] histograms;

  SeriesRecorder(int intervals) {
    due = new long[intervals];
    sent = new long[intervals];
    ok = new long[intervals];
    refused = new long[intervals];
    failed = new long[intervals];
    late = new long[intervals];
    histograms = new IntCountsHistogram[intervals];
  }

  void due(int interval) {
    due[interval]++;
  }

  void sent(int interval) {
    sent[interval]++;
  }

  void ended(int interval, Outcome outcome, long latencyNanos) {
    counts(outcome)[interval]++;
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

  private long[] counts(Outcome outcome) {
    return switch (outcome) {
      case OK -> ok;
      case REFUSED -> refused;
      case FAILED, LOST -> failed;
      case LATE -> late;
    };
  }

  CallSeries series() {
    String[] texts = new String[histograms.length];
    for (int i = 0; i < texts.length; i++) {
      IntCountsHistogram histogram = histograms[i];
      texts[i] = histogram == null ? "" : Latencies.text(histogram);
    }
    return new CallSeries(due, sent, ok, refused, failed, late, texts);
  }
}
