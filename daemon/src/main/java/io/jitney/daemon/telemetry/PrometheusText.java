package io.jitney.daemon.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A registry in Prometheus' text format. Written here because Micrometer's Prometheus registry
 * renames counters to end in {@code _total}, and dashboards for Dapr know daprd's names.
 */
public final class PrometheusText {
  /** Content type of the format. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final double PLAIN_LIMIT = 1e6;
  private static final int LEAST_PLAIN_EXPONENT = -4;

  private PrometheusText() {}

  public static String write(MeterRegistry registry) {
    Map<String, List<Meter>> byName = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      byName.computeIfAbsent(meter.getId().getName(), name -> new ArrayList<>()).add(meter);
    }
    StringBuilder page = new StringBuilder(4096);
    byName.forEach((name, meters) -> family(page, name, meters));
    return page.toString();
  }

  private static void family(StringBuilder page, String name, List<Meter> meters) {
    String type =
        switch (meters.getFirst()) {
          case Counter counter -> "counter";
          case DistributionSummary summary -> "histogram";
          default -> "gauge";
        };
    page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    for (Meter meter : meters) {
      String labels = labels(meter.getId().getTags());
      switch (meter) {
        case Counter counter -> line(page, name, labels, counter.count());
        case DistributionSummary summary -> histogram(page, name, labels, summary.takeSnapshot());
        case Gauge gauge -> line(page, name, labels, gauge.value());
        default -> {}
      }
    }
  }

  private static void histogram(
      StringBuilder page, String name, String labels, HistogramSnapshot snapshot) {
    String lead = labels.isEmpty() ? "" : labels + ",";
    for (CountAtBucket bucket : snapshot.histogramCounts()) {
      line(page, name + "_bucket", lead + "le=\"" + number(bucket.bucket()) + "\"", bucket.count());
    }
    line(page, name + "_bucket", lead + "le=\"+Inf\"", snapshot.count());
    line(page, name + "_sum", labels, snapshot.total());
    line(page, name + "_count", labels, snapshot.count());
  }

  private static void line(StringBuilder page, String name, String labels, double value) {
    page.append(name);
    if (!labels.isEmpty()) {
      page.append('{').append(labels).append('}');
    }
    page.append(' ').append(number(value)).append('\n');
  }

  /** As Go prints numbers of this format: {@code 1.048576e+06} from a million on. */
  private static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < PLAIN_LIMIT) {
      return Long.toString((long) value);
    }
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    }
    BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= LEAST_PLAIN_EXPONENT && size < PLAIN_LIMIT) {
      return exact.toPlainString();
    }
    return exact.scaleByPowerOfTen(-exponent).toPlainString()
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static String labels(List<Tag> tags) {
    StringBuilder text = new StringBuilder();
    for (Tag tag : tags) {
      text.append(text.isEmpty() ? "" : ",").append(tag.getKey()).append("=\"");
      for (char c : tag.getValue().toCharArray()) {
        switch (c) {
          case '\\' -> text.append("\\\\");
          case '"' -> text.append("\\\"");
          case '\n' -> text.append("\\n");
          default -> text.append(c);
        }
      }
      text.append('"');
    }
    return text.toString();
  }
}
