package io.jitney.daemon.admin;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.TreeMap;

/**
 * The daemon's own metrics. What an app's sidecar measures is on that app's metrics port, under
 * daprd's names.
 */
final class NodeMetrics {
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
    TenantMetrics.write(page, status.registry().tenants());
    EdgeMetrics.write(page, status.registry());
    SleeperMetrics.write(page, status.declared());
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
}
