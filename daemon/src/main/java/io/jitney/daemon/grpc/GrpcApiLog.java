package io.jitney.daemon.grpc;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.telemetry.InstanceLog;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line per gRPC API call ({@code --enable-api-logging}), always at level info. */
final class GrpcApiLog {
  private GrpcApiLog() {}

  static void call(
      AppInstance instance, HttpServerRequest request, String path, int code, long nanos) {
    if (!instance.apiLogging()) {
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("code", code);
    fields.put("duration", nanos / 1_000_000);
    fields.put("method", path);
    String agent = request.getHeader("user-agent");
    if (agent != null && !agent.isEmpty()) {
      fields.put("useragent", agent);
    }
    instance.log().log(
        InstanceLog.Level.INFO, "dapr.runtime.grpc.api-info", "gRPC API Called", fields);
  }
}
