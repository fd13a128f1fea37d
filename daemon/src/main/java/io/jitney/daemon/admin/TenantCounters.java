package io.jitney.daemon.admin;

import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.admission.AdmissionCounts;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.usage.TenantUsage;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** Everything that is counted of one tenant, as JSON for commands; names of fields carry units. */
final class TenantCounters {
  private TenantCounters() {}

  static JsonObject of(Tenant tenant) {
    AdmissionCounts admission = tenant.usage().calls();
    TenantUsage.Snapshot usage = tenant.counters().snapshot();
    JsonObject refusals = new JsonObject();
    new TreeMap<>(usage.refusals())
        .forEach(
            (reason, count) -> {
              if (count > 0) {
                refusals.put(reason.code(), count);
              }
            });
    JsonObject calls = new JsonObject();
    new TreeMap<>(usage.calls()).forEach(calls::put);
    return new JsonObject()
        .put("namespace", tenant.id().namespace())
        .put("appId", tenant.id().appId())
        .put("inFlight", admission.inFlight())
        .put("streams", admission.streams())
        .put("deliveries", admission.deliveries())
        .put("bodyBytes", admission.bytes())
        .put("heldBytes", tenant.memory().held())
        .put("queued", tenant.waiting())
        .put("admitted", admission.admitted())
        .put("callsByApi", calls)
        .put("refused", refusals(usage.refusals()))
        .put("refusals", refusals)
        .put("cpuNanos", usage.cpuNanos())
        .put("bytesIn", usage.bytesIn())
        .put("bytesOut", usage.bytesOut())
        .put("storeCalls", usage.storeCalls())
        .put("storeNanos", usage.storeNanos());
  }

  private static long refusals(Map<Reason, Long> refusals) {
    return refusals.values().stream().mapToLong(Long::longValue).sum();
  }
}
