package io.jitney.daemon.flags;

import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.Listen;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment that an instance's components see: the launcher's, with what daprd puts into its
 * own process.
 */
final class RuntimeEnvironment {
  private final Map<String, String> launcher;

  RuntimeEnvironment(Map<String, String> launcher) {
    this.launcher = launcher;
  }

  Map<String, String> of(String appId, Listen listen, AppEndpoint app, int profilePort) {
    Map<String, String> all = new HashMap<>(launcher);
    all.put("APP_ID", appId);
    all.put("APP_PORT", Integer.toString(app.port()));
    all.put("DAPR_PORT", Integer.toString(listen.internalGrpcPort()));
    all.put("DAPR_GRPC_PORT", Integer.toString(listen.grpcPort()));
    all.put("DAPR_HTTP_PORT", Integer.toString(listen.httpPort()));
    all.put("DAPR_METRICS_PORT", Integer.toString(listen.metricsPort()));
    all.put("DAPR_PROFILE_PORT", Integer.toString(profilePort));
    all.put("HOST_ADDRESS", HostAddress.of(launcher));
    return Collections.unmodifiableMap(all);
  }
}
