package io.jitney.loadtest.run;

import io.jitney.loadtest.stats.Latencies;
import org.HdrHistogram.Histogram;

/**
 * Requests of a group in a segment.
 *
 * @param p50 milliseconds, as the others; 0 without any
 * @param histogram base64 of the whole, in microseconds
 */
public record Summary(
    long due,
    long sent,
    long ok,
    long refused,
    long failed,
    long late,
    double p50,
    double p90,
    double p99,
    double p999,
    double max,
    String histogram) {

  static Summary of(long[] counts, Histogram histogram) {
    return new Summary(
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        counts[4],
        counts[5],
        millis(histogram, 50),
        millis(histogram, 90),
        millis(histogram, 99),
        millis(histogram, 99.9),
        histogram.getMaxValue() / 1000.0,
        Latencies.text(histogram));
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000.0;
  }
}
