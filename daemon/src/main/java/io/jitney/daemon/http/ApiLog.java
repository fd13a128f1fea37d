package io.jitney.daemon.http;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resources.Configuration;
import io.jitney.daemon.telemetry.InstanceLog;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line per API call ({@code --enable-api-logging}), always at level info. */
final class ApiLog {
  private static final String SCOPE = "dapr.runtime.http-info";

  private ApiLog() {}

  static void http(
      AppInstance instance,
      HttpCall call,
      String operation,
      boolean health,
      int status,
      long nanos) {
    if (!instance.apiLogging() || operation.isEmpty()) {
      return;
    }
    Configuration.ApiLogging settings = instance.configuration().apiLogging();
    if (health && settings.omitHealthChecks()) {
      return;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("code", status);
    fields.put("duration", nanos / 1_000_000);
    fields.put(
        "method",
        settings.obfuscateUrls()
            ? operation
            : call.request().method().name() + " " + call.request().uri());
    fields.put("size", call.response().bytesWritten());
    String agent = call.request().getHeader("user-agent");
    if (agent != null && !agent.isEmpty()) {
      fields.put("useragent", agent);
    }
    instance.log().log(InstanceLog.Level.INFO, SCOPE, "HTTP API Called", fields);
  }
}
