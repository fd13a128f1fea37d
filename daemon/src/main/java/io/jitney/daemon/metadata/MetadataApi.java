package io.jitney.daemon.metadata;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.subscription.AppSubscriptions;
import java.util.List;
import java.util.TreeMap;

/**
 * The metadata and shutdown APIs: what an instance tells about itself, and how it is told to end.
 */
public final class MetadataApi {
  /** The Dapr version this daemon behaves as. */
  public static final String RUNTIME_VERSION = "1.18.3";

  private static final String VERSION_KEY = "daprRuntimeVersion";

  InstanceMetadata get(AppInstance instance) {
    TreeMap<String, String> extended = new TreeMap<>(instance.extendedMetadata());
    extended.put(VERSION_KEY, RUNTIME_VERSION);
    AppSubscriptions subscriptions = instance.subscriptionsIfAny();
    AppEndpoint app = instance.settings().app();
    boolean waiting = app != null && app.health() != null && !instance.health().appWasHealthy();
    return new InstanceMetadata(
        instance.appId(),
        instance.configuration().features(),
        instance.components().loaded(),
        extended,
        subscriptions == null ? List.of() : subscriptions.listed(),
        instance.httpEndpoints().stream().map(HttpEndpoint::name).toList(),
        instance.resiliency().names(),
        app,
        waiting ? "INITIALIZING" : "DISABLED",
        waiting ? "" : "placement: disconnected");
  }

  /** Adds an entry; one without a name is accepted and dropped, as daprd does. */
  void set(AppInstance instance, String key, String value) {
    if (!key.isEmpty()) {
      instance.extendedMetadata().put(key, value);
    }
  }

  /** Starts the end of the instance; returns at once. */
  void shutdown(AppInstance instance, String force) {
    instance.requestShutdown("true".equals(force));
  }
}
