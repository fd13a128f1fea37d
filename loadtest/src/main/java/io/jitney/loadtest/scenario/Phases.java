package io.jitney.loadtest.scenario;

/**
 * Lengths in seconds. Victims send through all of them, the aggressor in {@code during} alone.
 *
 * @param warmup at many times the rate, for code to be compiled; not measured
 */
public record Phases(double warmup, double alone, double during, double after) {
  public double total() {
    return warmup + alone + during + after;
  }
}
