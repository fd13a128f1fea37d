package io.jitney.daemon.testing;

import io.jitney.daemon.health.InstanceHealth;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.tenancy.Instance;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.admission.Quota;
import java.util.List;
import java.util.Map;

/** App instances without listeners, for tests of what lies behind the fronts. Nothing to close. */
public final class TestInstances {
  private final TenantRegistry<AppInstance> registry = new TenantRegistry<>(Quota.UNLIMITED);

  /** An instance of {@code appId} with an empty set of components. */
  public AppInstance open(String appId, InstanceMetrics metrics) {
    return open(appId, metrics, new RecordedLog());
  }

  /** As the other, with a log that the test reads. */
  public AppInstance open(String appId, InstanceMetrics metrics, InstanceLog log) {
    Instance<AppInstance> entry = registry.open(new TenantId("default", appId));
    AppInstance instance =
        new AppInstance(
            entry.id(),
            TestSettings.of(appId, Map.of(), List.of(), List.of()),
            Configuration.DEFAULT,
            log,
            metrics,
            entry.tenant(),
            new InstanceHealth());
    entry.attach(instance);
    return instance;
  }
}
