package io.jitney.daemon.telemetry;

import java.util.Locale;
import java.util.Map;

/**
 * Label {@code category} of {@code dapr_error_code_total}: the building block an error code belongs
 * to.
 */
final class ErrorCategories {
  private static final Map<String, String> BY_PREFIX =
      Map.ofEntries(
          Map.entry("ERR_STATE", "state"),
          Map.entry("ERR_NOT_SUPPORTED_STATE", "state"),
          Map.entry("ERR_SECRET", "secret"),
          Map.entry("ERR_PUBSUB", "pubsub"),
          Map.entry("ERR_TOPIC", "pubsub"),
          Map.entry("ERR_PUBLISH", "pubsub"),
          Map.entry("ERR_DIRECT_INVOKE", "service-invocation"),
          Map.entry("ERR_INVOKE_OUTPUT_BINDING", "binding"),
          Map.entry("ERR_CONFIGURATION", "configuration"),
          Map.entry("ERR_CRYPTO", "crypto"),
          Map.entry("ERR_ACTOR", "actor"),
          Map.entry("ERR_LOCK", "lock"),
          Map.entry("ERR_TRY_LOCK", "lock"),
          Map.entry("ERR_UNLOCK", "lock"),
          Map.entry("ERR_WORKFLOW", "workflow"),
          Map.entry("ERR_INSTANCE", "workflow"),
          Map.entry("ERR_CONVERSATION", "conversation"),
          Map.entry("ERR_HEALTH", "health"),
          Map.entry("ERR_OUTBOUND_HEALTH", "health"),
          Map.entry("DAPR_SCHEDULER", "job"));

  private ErrorCategories() {}

  static String of(String errorCode) {
    String code = errorCode.toUpperCase(Locale.ROOT);
    String best = "";
    for (String prefix : BY_PREFIX.keySet()) {
      if (code.startsWith(prefix) && prefix.length() > best.length()) {
        best = prefix;
      }
    }
    return best.isEmpty() ? "common" : BY_PREFIX.getOrDefault(best, "common");
  }
}
