package io.jitney.loadtest.stats;

import java.util.ArrayList;
import java.util.List;

/** Jain's fairness index: 1 when all get the same, 1/n when one gets all. */
public final class Jain {
  private Jain() {}

  /**
   * Weighted: of what each got, divided by its weight.
   *
   * @return from 1/n to 1; 1 when nobody got anything
   */
  public static double index(double[] got, double[] weights) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < got.length; i++) {
      double normalized = got[i] / weights[i];
      sum += normalized;
      squares += normalized * normalized;
    }
    return squares == 0 ? 1 : sum * sum / (got.length * squares);
  }

  /**
   * The index of each whole window.
   *
   * @param got per interval, by tenant
   * @param from first interval
   * @param to the interval after the last
   * @param window intervals
   */
  public static List<Double> windows(long[][] got, double[] weights, int from, int to, int window) {
    List<Double> indices = new ArrayList<>();
    for (int start = from; start + window <= to; start += window) {
      double[] sums = new double[got.length];
      for (int tenant = 0; tenant < got.length; tenant++) {
        for (int i = start; i < start + window; i++) {
          sums[tenant] += got[tenant][i];
        }
      }
      indices.add(index(sums, weights));
    }
    return indices;
  }
}
