package io.jitney.loadtest.stats;

import java.util.List;

/**
 * Repeated measurements of one thing.
 *
 * @param count of measurements; with 0 the others are NaN
 */
public record Spread(int count, double median, double least, double most) {

  /** Of some values; those that are no numbers are left out. */
  public static Spread of(List<Double> values) {
    double[] sorted =
        values.stream().filter(v -> !v.isNaN()).mapToDouble(Double::doubleValue).sorted().toArray();
    int n = sorted.length;
    if (n == 0) {
      return new Spread(0, Double.NaN, Double.NaN, Double.NaN);
    }
    double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    return new Spread(n, median, sorted[0], sorted[n - 1]);
  }
}
