package io.jitney.loadtest.wire;

import io.jitney.loadtest.plan.WorkerResult.CallSeries;
import io.jitney.loadtest.plan.WorkerResult.GroupResult;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What becomes of the requests of one group of streams. On the event loop. */
public final class GroupRecorder {
  private final long start;
  private final long intervalNanos;
  private final int intervals;
  private final Map<String, SeriesRecorder> calls = new LinkedHashMap<>();
  private final Map<String, long[]> okByTenant = new LinkedHashMap<>();
  private final Map<Outcome, long[]> totals = new EnumMap<>(Outcome.class);

  /**
   * A group.
   *
   * @param startNanos by {@link System#nanoTime}
   */
  public GroupRecorder(long startNanos, double seconds, int intervalMillis) {
    start = startNanos;
    intervalNanos = intervalMillis * 1_000_000L;
    intervals = (int) Math.ceil(seconds * 1000 / intervalMillis);
  }

  /** Where one kind of call of one tenant is counted. */
  Sink sink(String call, String tenant) {
    return new Sink(
        calls.computeIfAbsent(call, c -> new SeriesRecorder(intervals)),
        okByTenant.computeIfAbsent(tenant, t -> new long[intervals]));
  }

  /** So many have ended so far. */
  public long total(Outcome outcome) {
    long[] total = totals.get(outcome);
    return total == null ? 0 : total[0];
  }

  /** All of it. */
  public GroupResult result() {
    Map<String, CallSeries> series = new LinkedHashMap<>();
    calls.forEach((call, recorder) -> series.put(call, recorder.series()));
    return new GroupResult(series, okByTenant);
  }

  /** See {@link #sink}. */
  final class Sink {
    private final SeriesRecorder series;
    private final long[] ok;

    private Sink(SeriesRecorder series, long[] ok) {
      this.series = series;
      this.ok = ok;
    }

    void due(long dueNanos) {
      series.due(interval(dueNanos));
    }

    void sent(long dueNanos) {
      series.sent(interval(dueNanos));
    }

    void ended(long dueNanos, Outcome outcome, long now) {
      int interval = interval(dueNanos);
      series.ended(interval, outcome, now - dueNanos);
      totals.computeIfAbsent(outcome, o -> new long[1])[0]++;
      if (outcome == Outcome.OK) {
        ok[interval]++;
      }
    }

    private int interval(long nanos) {
      return Math.clamp((nanos - start) / intervalNanos, 0, intervals - 1);
    }
  }
}
