package io.jitney.daemon.admin;

import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.connection.ConnectionEnd;
import io.jitney.tenancy.memory.MemoryBudget;
import io.jitney.tenancy.memory.Rung;
import java.util.Comparator;
import java.util.List;

/** Metrics of connections and of the memory that calls hold. */
final class EdgeMetrics {
  private EdgeMetrics() {}

  static void write(MetricsPage page, TenantRegistry<?> registry) {
    MemoryBudget memory = registry.memory();
    page.family("jitney_memory_budget_bytes", "gauge", "Bytes that calls may hold together.");
    page.value("jitney_memory_budget_bytes", memory.capacity());
    page.family("jitney_memory_held_bytes", "gauge", "Bytes that calls hold together.");
    page.value("jitney_memory_held_bytes", memory.used());
    page.family("jitney_memory_waiting", "gauge", "Calls that wait for memory.");
    page.value("jitney_memory_waiting", memory.waiting());
    page.family("jitney_memory_rung", "gauge", "1 for the rung of the memory ladder that counts.");
    for (Rung rung : Rung.values()) {
      page.value("jitney_memory_rung", memory.rung() == rung ? 1 : 0, "rung", rung.name());
    }
    List<Tenant> tenants =
        registry.tenants().stream()
            .sorted(Comparator.comparing(tenant -> tenant.id().toString()))
            .limit(TenantMetrics.MOST_TENANTS)
            .toList();
    page.family("jitney_tenant_memory_held_bytes", "gauge", "Bytes that an app's calls hold.");
    tenants.forEach(
        tenant -> value(page, "jitney_tenant_memory_held_bytes", tenant.memory().held(), tenant));
    page.family(
        "jitney_tenant_memory_refused_total",
        "counter",
        "Calls of an app that were refused for want of memory.");
    tenants.forEach(
        tenant ->
            value(page, "jitney_tenant_memory_refused_total", tenant.memory().refused(), tenant));
    page.family("jitney_connections_open", "gauge", "Client connections of an app.");
    tenants.forEach(
        tenant -> value(page, "jitney_connections_open", tenant.connections().open(), tenant));
    page.family(
        "jitney_connections_ended_total",
        "counter",
        "Client connections of an app that the daemon refused or ended, by reason.");
    for (Tenant tenant : tenants) {
      for (ConnectionEnd reason : ConnectionEnd.values()) {
        long count = tenant.connections().ends().of(reason);
        if (count > 0) {
          page.value(
              "jitney_connections_ended_total",
              count,
              "app_id",
              tenant.id().appId(),
              "namespace",
              tenant.id().namespace(),
              "reason",
              reason.label());
        }
      }
    }
  }

  private static void value(MetricsPage page, String name, long value, Tenant tenant) {
    page.value(name, value, "app_id", tenant.id().appId(), "namespace", tenant.id().namespace());
  }
}
