package io.jitney.daemon.instance;

import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;

/**
 * Opens app instances: what daprd does between its start and readiness, in daprd's order (spec 05 section 3.1), and
 * closes them again. Runs on a virtual thread of the instance; failures end the instance, never the daemon.
 */
public final class InstanceOpener {
  private final Node node;
  private final TenantRegistry<AppInstance> registry;
  private final HttpApi httpApi;
  private final GrpcApi grpcApi;

  public InstanceOpener(
      Node node, TenantRegistry<AppInstance> registry, HttpApi httpApi, GrpcApi grpcApi) {
    this.node = node;
    this.registry = registry;
    this.httpApi = httpApi;
    this.grpcApi = grpcApi;
  }

  /**
   * Opens an instance and its listeners; blocks until outbound is ready. Call on a virtual thread.
   *
   * @throws StartupFailure with daprd's fatal message and exit code
   */
  public OpenInstance open(InstanceSettings settings, InstanceLog log, InstanceMetrics metrics)
      throws StartupFailure {
    TenantId tenant = new TenantId(settings.identityNamespace(), settings.appId());
    Instance<AppInstance> entry = registry.open(tenant);
    AppInstance instance =
        new AppInstance(
            entry.id(),
            settings,
            Configuration.DEFAULT,
            log,
            metrics,
            entry.tenant().admission(),
            new InstanceHealth());
    entry.attach(instance);
    OpenInstance open = new OpenInstance(instance, entry);
    try {
      open.listeners(InstanceListeners.open(node, instance, httpApi, grpcApi));
      entry.lifeCycle().running();
      instance.health().outboundReady(true);
      return open;
    } catch (StartupFailure failure) {
      open.close();
      throw failure;
    }
  }
}
