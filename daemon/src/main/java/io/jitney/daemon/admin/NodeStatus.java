package io.jitney.daemon.admin;

import io.jitney.components.pool.SharedPools;
import io.jitney.daemon.apps.DeclaredApps;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.metadata.MetadataApi;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.tenancy.TenantRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the daemon for commands. Free of secrets. Any thread but an event loop: it reads from
 * the system.
 */
public final class NodeStatus {
  /**
   * Where the daemon can be reached; -1: not there.
   *
   * @param socket path of the control socket
   */
  public record Places(int http, int grpc, int admin, String socket) {}

  private final TenantRegistry<AppInstance> registry;
  private final SharedPools pools;
  private final int loops;
  private final NodeSidecars sidecars;
  private final Supplier<@Nullable DeclaredApps> declared;
  private final Supplier<List<String>> policyProblems;
  private volatile Places places = new Places(-1, -1, -1, "");

  /**
   * @param loops how many event loops there are
   * @param declared the apps of the apps file; null where there is none
   * @param policyProblems what is wrong with the policies now, a line each
   */
  public NodeStatus(
      TenantRegistry<AppInstance> registry,
      SharedPools pools,
      int loops,
      NodeSidecars sidecars,
      Supplier<@Nullable DeclaredApps> declared,
      Supplier<List<String>> policyProblems) {
    this.registry = registry;
    this.pools = pools;
    this.loops = loops;
    this.sidecars = sidecars;
    this.declared = declared;
    this.policyProblems = policyProblems;
  }

  public void places(Places found) {
    places = found;
  }

  TenantRegistry<AppInstance> registry() {
    return registry;
  }

  SharedPools pools() {
    return pools;
  }

  NodeSidecars sidecars() {
    return sidecars;
  }

  @Nullable DeclaredApps declared() {
    return declared.get();
  }

  /** The daemon as a whole. */
  JsonObject node() {
    Memory memory = Memory.now();
    JsonObject status =
        new JsonObject()
            .put("pid", ProcessHandle.current().pid())
            .put("version", version())
            .put("daprVersion", MetadataApi.RUNTIME_VERSION)
            .put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000)
            .put("socket", places.socket())
            .put("httpPort", places.http())
            .put("grpcPort", places.grpc())
            .put("adminPort", places.admin())
            .put("eventLoops", loops)
            .put("threads", ManagementFactory.getThreadMXBean().getThreadCount())
            .put(
                "memory",
                new JsonObject()
                    .put("heapUsed", memory.heapUsed())
                    .put("heapCommitted", memory.heapCommitted())
                    .put("direct", memory.direct())
                    .put("pss", memory.proportional()))
            .put("tenants", registry.tenants().size())
            .put("instances", new JsonObject(new TreeMap<String, Object>(instancesByState())))
            .put("sidecars", sidecars.count());
    JsonArray shared = new JsonArray();
    Map<String, Integer> connections = pools.connectionsByType();
    new TreeMap<>(pools.clientsByType())
        .forEach(
            (type, clients) ->
                shared.add(
                    new JsonObject()
                        .put("type", type)
                        .put("clients", clients)
                        .put("connections", connections.getOrDefault(type, 0))));
    status.put("pools", shared);
    DeclaredApps apps = declared.get();
    JsonArray problems = new JsonArray();
    if (apps != null) {
      apps.problems().forEach(problems::add);
    }
    policyProblems.get().forEach(problems::add);
    return status.put("problems", problems);
  }

  /** Version of the built daemon. */
  public static String version() {
    String built = NodeStatus.class.getPackage().getImplementationVersion();
    return built == null ? "unpackaged" : built;
  }

  Map<String, Integer> instancesByState() {
    Map<String, Integer> counts = new TreeMap<>();
    registry
        .instances()
        .forEach(instance -> counts.merge(instance.lifeCycle().state().name(), 1, Integer::sum));
    return counts;
  }
}
