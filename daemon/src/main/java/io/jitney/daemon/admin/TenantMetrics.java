package io.jitney.daemon.admin;

import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.admission.AdmissionCounts;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.usage.TenantUsage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What tenants use and are refused, for the daemon's metrics. Cardinality is bounded: the first
 * {@value #MOST_TENANTS} tenants by name have series of their own, all others share one app id.
 */
final class TenantMetrics {
  /**
   * Tenants with series of their own; the others are counted together, under app id {@value
   * #OTHERS}.
   */
  static final int MOST_TENANTS = 2_000;

  static final String OTHERS = "_others";

  private static final TenantUsage.Snapshot NOTHING =
      new TenantUsage.Snapshot(Map.of(), Map.of(), 0, 0, 0, 0, 0, 0, 0);

  private record Row(
      String namespace, String appId, AdmissionCounts counts, TenantUsage.Snapshot usage) {

    Row plus(Tenant tenant) {
      return new Row(
          namespace,
          appId,
          counts.plus(tenant.usage().calls()),
          sum(usage, tenant.counters().snapshot()));
    }
  }

  private final MetricsPage page;
  private final List<Row> rows;

  private TenantMetrics(MetricsPage page, List<Row> rows) {
    this.page = page;
    this.rows = rows;
  }

  static void write(MetricsPage page, Collection<Tenant> tenants) {
    new TenantMetrics(page, rows(tenants)).write();
  }

  private void write() {
    family(
        "jitney_calls_admitted_total",
        "counter",
        "API calls of an app that its quota let in.",
        row -> row.counts().admitted());
    page.family(
        "jitney_calls_refused_total",
        "counter",
        "API calls of an app that were refused, by limit.");
    for (Row row : rows) {
      row.usage()
          .refusals()
          .forEach(
              (reason, count) -> {
                // Two are always there, so that alerts can be written before the first refusal.
                if (count > 0 || reason == Reason.RATE || reason == Reason.IN_FLIGHT) {
                  String limit = reason.name().toLowerCase(Locale.ROOT);
                  value("jitney_calls_refused_total", count, row, "limit", limit);
                }
              });
    }
    page.family("jitney_calls_total", "counter", "API calls of an app that were let in, by API.");
    for (Row row : rows) {
      new TreeMap<>(row.usage().calls())
          .forEach((api, count) -> value("jitney_calls_total", count, row, "api", api));
    }
    gauges();
    counters();
  }

  private void gauges() {
    family(
        "jitney_calls_in_flight",
        "gauge",
        "API calls of an app that are under way.",
        row -> row.counts().inFlight());
    family("jitney_streams_open", "gauge", "Of these, streams.", row -> row.counts().streams());
    family(
        "jitney_deliveries_in_flight",
        "gauge",
        "Calls to an app that are under way and limited by its policy.",
        row -> row.counts().deliveries());
    family(
        "jitney_body_bytes_in_flight",
        "gauge",
        "Bytes of request bodies that calls of an app hold.",
        row -> row.counts().bytes());
  }

  private void counters() {
    family(
        "jitney_cpu_seconds_total",
        "counter",
        "Processor time of the daemon that is charged to an app.",
        row -> row.usage().cpuNanos() / 1e9);
    family(
        "jitney_bytes_in_total",
        "counter",
        "Bytes read from an app's connections.",
        row -> row.usage().bytesIn());
    family(
        "jitney_bytes_out_total",
        "counter",
        "Bytes written to them.",
        row -> row.usage().bytesOut());
    family(
        "jitney_store_calls_total",
        "counter",
        "Calls of an app into components.",
        row -> row.usage().storeCalls());
    family(
        "jitney_store_seconds_total",
        "counter",
        "Time that these took.",
        row -> row.usage().storeNanos() / 1e9);
  }

  private void family(String name, String type, String help, ToDoubleFunction<Row> value) {
    page.family(name, type, help);
    rows.forEach(
        row ->
            page.value(
                name,
                value.applyAsDouble(row),
                "app_id",
                row.appId(),
                "namespace",
                row.namespace()));
  }

  private void value(String name, long value, Row row, String label, String text) {
    page.value(name, value, "app_id", row.appId(), "namespace", row.namespace(), label, text);
  }

  private static List<Row> rows(Collection<Tenant> all) {
    List<Tenant> tenants = new ArrayList<>(all);
    // By name, so that the same tenants have series at each scrape.
    tenants.sort(
        Comparator.comparing((Tenant tenant) -> tenant.id().namespace())
            .thenComparing(tenant -> tenant.id().appId()));
    List<Row> rows = new ArrayList<>();
    @Nullable Row others = null;
    for (Tenant tenant : tenants) {
      if (rows.size() < MOST_TENANTS) {
        String namespace = tenant.id().namespace();
        rows.add(
            new Row(namespace, tenant.id().appId(), AdmissionCounts.NONE, NOTHING).plus(tenant));
      } else {
        Row before = others == null ? new Row("", OTHERS, AdmissionCounts.NONE, NOTHING) : others;
        others = before.plus(tenant);
      }
    }
    if (others != null) {
      rows.add(others);
    }
    return rows;
  }

  private static TenantUsage.Snapshot sum(TenantUsage.Snapshot a, TenantUsage.Snapshot b) {
    Map<String, Long> calls = new HashMap<>(a.calls());
    b.calls().forEach((api, count) -> calls.merge(api, count, Long::sum));
    Map<Reason, Long> refusals = new EnumMap<>(Reason.class);
    refusals.putAll(a.refusals());
    b.refusals().forEach((reason, count) -> refusals.merge(reason, count, Long::sum));
    return new TenantUsage.Snapshot(
        calls,
        refusals,
        a.cpuNanos() + b.cpuNanos(),
        a.loopNanos() + b.loopNanos(),
        a.bytesIn() + b.bytesIn(),
        a.bytesOut() + b.bytesOut(),
        a.storeCalls() + b.storeCalls(),
        a.storeNanos() + b.storeNanos(),
        a.longSlices() + b.longSlices());
  }
}
