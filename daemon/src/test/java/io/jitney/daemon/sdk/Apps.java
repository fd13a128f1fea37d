package io.jitney.daemon.sdk;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;

/**
 * Sidecars for the apps of a script, each with a broker of its own ({@code own}), one that all
 * share ({@code bus}), a binding of either direction ({@code tick}, {@code cache}) and a policy
 * that tries again.
 */
final class Apps {
  private static final String RETRIES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata:
        name: r
      spec:
        policies:
          retries:
            thrice: {policy: constant, duration: 50ms, maxRetries: 3}
        targets:
          components:
            own:
              inbound: {retry: thrice}
      """;

  private final DaemonExtension daemon;
  private final RedisServer redis;
  private final JsonArray apps = new JsonArray();

  Apps(DaemonExtension daemon, RedisServer redis) {
    this.daemon = daemon;
    this.redis = redis;
  }

  /**
   * Opens the sidecar of one; the script has to start the app.
   *
   * @param kind tells the script which
   * @param declared more resources
   */
  void open(String appId, String kind, String protocol, String... declared) throws IOException {
    int appPort = FreePort.pick();
    SidecarSpec spec =
        SidecarSpec.app(appId)
            .component("own", "pubsub.in-memory")
            .component("bus", "pubsub.redis", "redisHost", redis.address())
            .component("cache", "bindings.redis", "redisHost", redis.address())
            .component("tick", "bindings.cron", "schedule", "@every 1s")
            .resource("resiliency.yaml", RETRIES)
            .app(appPort, protocol);
    for (int i = 0; i < declared.length; i++) {
      spec = spec.resource("declared-" + i + ".yaml", declared[i]);
    }
    Sidecar sidecar = daemon.open(spec);
    apps.add(
        new JsonObject()
            .put("id", appId)
            .put("kind", kind)
            .put("appPort", appPort)
            .put("httpPort", sidecar.httpPort())
            .put("grpcPort", sidecar.grpcPort()));
  }

  /** What the script is told of them. */
  String json() {
    return apps.encode();
  }
}
