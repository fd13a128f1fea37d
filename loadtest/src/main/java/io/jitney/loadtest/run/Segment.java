package io.jitney.loadtest.run;

/** A named part of a run, in seconds after its start. */
public record Segment(String name, double from, double to) {
  public double seconds() {
    return to - from;
  }
}
