package io.jitney.loadtest.run;

import io.jitney.loadtest.plan.WorkerResult;
import io.jitney.loadtest.plan.WorkerResult.CallSeries;
import io.jitney.loadtest.plan.WorkerResult.GroupResult;
import io.jitney.loadtest.process.UsageSampler.Sample;
import io.jitney.loadtest.stats.Latencies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a session brought, and the sums over it. */
final class RunData {
  /** A point of the timelines in the report: half a second. */
  private static final int POINT_MILLIS = 500;

  private final List<Segment> segments;
  private final List<WorkerResult> results;
  private final List<Sample> usage;
  private final int intervalMillis;

  RunData(List<Segment> segments, List<WorkerResult> results, List<Sample> usage) {
    this.segments = segments;
    this.results = results;
    this.usage = usage;
    intervalMillis = results.getFirst().intervalMillis();
  }

  List<Segment> segments() {
    return segments;
  }

  List<Sample> usage() {
    return usage;
  }

  int intervalMillis() {
    return intervalMillis;
  }

  Segment segment(String name) {
    return segments.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private Map<String, GroupResult> groups() {
    Map<String, GroupResult> all = new LinkedHashMap<>();
    results.forEach(result -> all.putAll(result.groups()));
    return all;
  }

  private Collection<CallSeries> series(String group) {
    GroupResult found = groups().get(group);
    return found == null ? List.of() : found.calls().values();
  }

  Summary summary(String group, Segment segment) {
    return summary(series(group), index(segment.from()), index(segment.to()));
  }

  private static Summary summary(Collection<CallSeries> all, int from, int to) {
    long[] counts = new long[6];
    Histogram histogram = Latencies.empty();
    for (CallSeries series : all) {
      for (int i = from; i < Math.min(to, series.due().length); i++) {
        counts[0] += series.due()[i];
        counts[1] += series.sent()[i];
        counts[2] += series.ok()[i];
        counts[3] += series.refused()[i];
        counts[4] += series.failed()[i];
        counts[5] += series.late()[i];
        Latencies.add(histogram, series.histograms()[i]);
      }
    }
    return Summary.of(counts, histogram);
  }

  /** Each group and each kind of call in it, by segment. */
  Map<String, Map<String, Summary>> summaries() {
    Map<String, Map<String, Summary>> all = new LinkedHashMap<>();
    groups()
        .forEach(
            (group, result) -> {
              all.put(group, bySegment(result.calls().values()));
              if (result.calls().size() > 1) {
                result
                    .calls()
                    .forEach((call, s) -> all.put(group + "/" + call, bySegment(List.of(s))));
              }
            });
    return all;
  }

  private Map<String, Summary> bySegment(Collection<CallSeries> series) {
    Map<String, Summary> summaries = new LinkedHashMap<>();
    for (Segment segment : segments) {
      summaries.put(segment.name(), summary(series, index(segment.from()), index(segment.to())));
    }
    return summaries;
  }

  Map<String, RunResult.Timeline> timelines() {
    Map<String, RunResult.Timeline> all = new LinkedHashMap<>();
    groups().keySet().forEach(group -> all.put(group, timeline(group)));
    return all;
  }

  private RunResult.Timeline timeline(String group) {
    int perPoint = Math.max(1, POINT_MILLIS / intervalMillis);
    List<Summary> windows = windows(group, 0, segments.getLast().to(), perPoint);
    return new RunResult.Timeline(
        perPoint * intervalMillis / 1000.0,
        windows.stream().mapToLong(Summary::due).toArray(),
        windows.stream().mapToLong(Summary::ok).toArray(),
        windows.stream().mapToLong(Summary::refused).toArray(),
        windows.stream().mapToLong(s -> s.failed() + s.late()).toArray(),
        windows.stream().mapToDouble(Summary::p50).toArray(),
        windows.stream().mapToDouble(Summary::p99).toArray());
  }

  /** A group's windows of so many intervals between two times. */
  List<Summary> windows(String group, double from, double to, int intervals) {
    List<Summary> windows = new ArrayList<>();
    for (int i = index(from); i + intervals <= index(to); i += intervals) {
      windows.add(summary(series(group), i, i + intervals));
    }
    return windows;
  }

  Map<String, long[]> tenants(String group) {
    GroupResult found = groups().get(group);
    return found == null ? Map.of() : found.okByTenant();
  }

  Map<String, long[]> attacks() {
    Map<String, long[]> all = new LinkedHashMap<>();
    results.forEach(result -> all.putAll(result.attacks()));
    return all;
  }

  /** The measured processes' CPU seconds between two times. */
  double cpuSeconds(Segment segment) {
    return cpuAt(segment.to()) - cpuAt(segment.from());
  }

  private double cpuAt(double seconds) {
    Sample before = usage.getFirst();
    for (Sample sample : usage) {
      if (sample.seconds() >= seconds) {
        double gap = sample.seconds() - before.seconds();
        double part = gap <= 0 ? 0 : (seconds - before.seconds()) / gap;
        return before.cpuSeconds() + part * (sample.cpuSeconds() - before.cpuSeconds());
      }
      before = sample;
    }
    return before.cpuSeconds();
  }

  /** Bytes; the most that was seen in the whole run. */
  long mostRss() {
    return usage.stream().mapToLong(Sample::rss).max().orElse(0);
  }

  /** How late the generators were for reasons of their own, p99 in milliseconds. */
  double lagMillis() {
    Histogram all = Latencies.empty();
    Latencies.add(all, results.getFirst().lag());
    return all.getTotalCount() == 0 ? 0 : all.getValueAtPercentile(99) / 1000.0;
  }

  int index(double seconds) {
    return (int) Math.round(seconds * 1000 / intervalMillis);
  }
}
