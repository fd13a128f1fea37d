package io.jitney.daemon.admin;

import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.admission.AdmissionCounts;
import io.jitney.tenancy.admission.Reason;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * The daemon's own metrics. What an app's sidecar measures is on that app's metrics port, under
 * daprd's names.
 */
final class NodeMetrics {
  /**
   * Tenants with series of their own; the others are counted together, under app id {@value
   * #OTHERS}.
   */
  static final int MOST_TENANTS = 2_000;

  static final String OTHERS = "_others";

  private record Row(String namespace, String appId, AdmissionCounts counts) {}

  private final NodeStatus status;
  private final LoopLag lag;

  NodeMetrics(NodeStatus status, LoopLag lag) {
    this.status = status;
    this.lag = lag;
  }

  String scrape() throws InterruptedException {
    MetricsPage page = new MetricsPage();
    node(page);
    pools(page);
    memory(page);
    loops(page);
    tenants(page);
    return page.toString();
  }

  private void node(MetricsPage page) {
    page.family("jitney_build_info", "gauge", "Version of the daemon.");
    page.value("jitney_build_info", 1, "version", NodeStatus.version());
    page.family("jitney_uptime_seconds", "gauge", "Seconds since the daemon started.");
    page.value("jitney_uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    page.family("jitney_tenants", "gauge", "Apps that are declared or have instances.");
    page.value("jitney_tenants", status.registry().tenants().size());
    page.family("jitney_instances", "gauge", "App instances by state of their life.");
    status
        .instancesByState()
        .forEach((state, count) -> page.value("jitney_instances", count, "state", state));
    page.family(
        "jitney_sidecars", "gauge", "Virtual sidecars, those that are opening or ending included.");
    page.value("jitney_sidecars", status.sidecars().count());
  }

  private void pools(MetricsPage page) {
    page.family("jitney_pool_clients", "gauge", "Shared physical clients by kind.");
    new TreeMap<>(status.pools().clientsByType())
        .forEach((type, count) -> page.value("jitney_pool_clients", count, "type", type));
    page.family("jitney_pool_connections", "gauge", "Connections of the shared clients by kind.");
    new TreeMap<>(status.pools().connectionsByType())
        .forEach((type, count) -> page.value("jitney_pool_connections", count, "type", type));
  }

  private static void memory(MetricsPage page) {
    Memory memory = Memory.now();
    page.family(
        "jitney_memory_bytes",
        "gauge",
        "Memory of the daemon by kind; pss is its share of physical memory.");
    page.value("jitney_memory_bytes", memory.heapUsed(), "kind", "heap_used");
    page.value("jitney_memory_bytes", memory.heapCommitted(), "kind", "heap_committed");
    page.value("jitney_memory_bytes", memory.direct(), "kind", "direct");
    if (memory.proportional() >= 0) {
      page.value("jitney_memory_bytes", memory.proportional(), "kind", "pss");
    }
    page.family("jitney_threads", "gauge", "Platform threads of the daemon.");
    page.value("jitney_threads", ManagementFactory.getThreadMXBean().getThreadCount());
    page.family("jitney_gc_seconds_total", "counter", "Time that garbage collection took.");
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      double seconds = collector.getCollectionTime() / 1e3;
      page.value("jitney_gc_seconds_total", seconds, "collector", collector.getName());
    }
  }

  private void loops(MetricsPage page) throws InterruptedException {
    page.family(
        "jitney_event_loop_lag_seconds",
        "gauge",
        "How late each event loop took up a task, at this scrape.");
    long[] lags = lag.measure();
    for (int i = 0; i < lags.length; i++) {
      page.value("jitney_event_loop_lag_seconds", lags[i] / 1e9, "loop", Integer.toString(i));
    }
  }

  private void tenants(MetricsPage page) {
    List<Row> rows = rows();
    page.family(
        "jitney_calls_admitted_total", "counter", "API calls of an app that its quota let in.");
    rows.forEach(row -> value(page, "jitney_calls_admitted_total", row.counts().admitted(), row));
    page.family(
        "jitney_calls_refused_total",
        "counter",
        "API calls of an app that its quota refused, by limit.");
    for (Row row : rows) {
      for (Reason reason : Reason.values()) {
        refused(page, row, reason.name().toLowerCase(Locale.ROOT), row.counts().refused(reason));
      }
    }
    page.family("jitney_calls_in_flight", "gauge", "API calls of an app that are under way.");
    rows.forEach(row -> value(page, "jitney_calls_in_flight", row.counts().inFlight(), row));
  }

  private static void value(MetricsPage page, String name, long value, Row row) {
    page.value(name, value, "app_id", row.appId(), "namespace", row.namespace());
  }

  private static void refused(MetricsPage page, Row row, String limit, long count) {
    String name = "jitney_calls_refused_total";
    page.value(name, count, "app_id", row.appId(), "namespace", row.namespace(), "limit", limit);
  }

  private List<Row> rows() {
    List<Tenant> tenants = new ArrayList<>(status.registry().tenants());
    // By name, so that the same tenants have series at each scrape.
    tenants.sort(
        Comparator.comparing((Tenant tenant) -> tenant.id().namespace())
            .thenComparing(tenant -> tenant.id().appId()));
    List<Row> rows = new ArrayList<>();
    AdmissionCounts others = AdmissionCounts.NONE;
    for (Tenant tenant : tenants) {
      AdmissionCounts counts = tenant.usage().calls();
      if (rows.size() < MOST_TENANTS) {
        rows.add(new Row(tenant.id().namespace(), tenant.id().appId(), counts));
      } else {
        others = others.plus(counts);
      }
    }
    if (tenants.size() > MOST_TENANTS) {
      rows.add(new Row("", OTHERS, others));
    }
    return rows;
  }
}
