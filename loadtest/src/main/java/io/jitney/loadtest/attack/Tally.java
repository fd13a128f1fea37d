package io.jitney.loadtest.attack;

import java.util.LinkedHashMap;
import java.util.Map;

/** What attacks count, per interval. On the event loop. */
public final class Tally {
  private final long start;
  private final long intervalNanos;
  private final int intervals;
  private final Map<String, long[]> counts = new LinkedHashMap<>();

  /**
   * A tally.
   *
   * @param startNanos by {@link System#nanoTime}
   */
  public Tally(long startNanos, double seconds, int intervalMillis) {
    start = startNanos;
    intervalNanos = intervalMillis * 1_000_000L;
    intervals = (int) Math.ceil(seconds * 1000 / intervalMillis);
  }

  void add(String what, long amount) {
    long interval = Math.clamp((System.nanoTime() - start) / intervalNanos, 0, intervals - 1);
    counts.computeIfAbsent(what, w -> new long[intervals])[(int) interval] += amount;
  }

  public Map<String, long[]> counts() {
    return counts;
  }
}
