package io.jitney.daemon.admin;

import io.jitney.daemon.apps.DeclaredApps;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.BoundPorts;
import io.jitney.daemon.sidecar.NodeSidecar;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.AdmissionCounts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The apps of the node and their instances, by namespace and app id; free of secrets. */
final class AppTable {
  private static final Comparator<TenantId> BY_NAME =
      Comparator.comparing(TenantId::namespace).thenComparing(TenantId::appId);

  private final NodeStatus status;
  private final Map<TenantId, DeclaredApps.Status> declared = new HashMap<>();
  private final Map<AppInstance, NodeSidecar> owners = new HashMap<>();

  private AppTable(NodeStatus status) {
    this.status = status;
  }

  static JsonArray of(NodeStatus status) {
    return new AppTable(status).rows();
  }

  private JsonArray rows() {
    DeclaredApps apps = status.declared();
    if (apps != null) {
      apps.status().forEach(one -> declared.put(one.id(), one));
    }
    for (NodeSidecar sidecar : status.sidecars().all()) {
      AppInstance instance = sidecar.instance();
      if (instance != null) {
        owners.put(instance, sidecar);
      }
    }
    Set<TenantId> ids = new TreeSet<>(BY_NAME);
    status.registry().tenants().forEach(tenant -> ids.add(tenant.id()));
    ids.addAll(declared.keySet());
    JsonArray rows = new JsonArray();
    ids.forEach(id -> rows.add(row(id)));
    return rows;
  }

  private JsonObject row(TenantId id) {
    JsonObject row = new JsonObject().put("namespace", id.namespace()).put("appId", id.appId());
    JsonArray instances = new JsonArray();
    status.registry().instances(id).forEach(instance -> instances.add(instance(instance)));
    row.put("instances", instances);
    DeclaredApps.Status one = declared.get(id);
    if (one != null) {
      row.put("declaredIn", one.file()).put("state", one.state()).put("reason", one.reason());
    }
    status.registry().tenant(id).ifPresent(tenant -> counts(tenant, row));
    return row;
  }

  private static void counts(Tenant tenant, JsonObject row) {
    AdmissionCounts calls = tenant.usage().calls();
    row.put("calls", calls.admitted())
        .put("refused", calls.refused())
        .put("inFlight", calls.inFlight())
        .put(
            "quota",
            new JsonObject()
                .put("rate", tenant.quota().ratePerSecond())
                .put("burst", tenant.quota().burst())
                .put("inFlight", tenant.quota().maxInFlight()));
  }

  private JsonObject instance(Instance<AppInstance> instance) {
    JsonObject row =
        new JsonObject()
            .put("number", instance.id().number())
            .put("state", instance.lifeCycle().state().name());
    instance.attached().ifPresent(runtime -> runtime(runtime, row));
    return row;
  }

  private void runtime(AppInstance runtime, JsonObject row) {
    BoundPorts ports = runtime.ports();
    row.put("httpPort", ports.http())
        .put("grpcPort", ports.grpc())
        .put("internalGrpcPort", ports.internalGrpc())
        .put("publicPort", ports.pub())
        .put("metricsPort", ports.metrics())
        .put("health", health(runtime))
        .put("inFlight", runtime.calls().count());
    if (runtime.standsIn()) {
      row.put("standsIn", true); // for an app that comes with an instance of its own
    }
    NodeSidecar owner = owners.get(runtime);
    if (owner != null) {
      row.put("origin", owner.origin().word());
    }
  }

  private static String health(AppInstance instance) {
    List<String> unready = instance.health().unready();
    if (!unready.isEmpty()) {
      return "waits for " + String.join(", ", unready);
    }
    AppChannel channel = instance.channel();
    return channel == null || channel.healthy() ? "ok" : "app unhealthy";
  }
}
