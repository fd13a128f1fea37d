package io.jitney.daemon.subscription;

import io.jitney.daemon.telemetry.BinaryTrace;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How metadata of messages reach an app: as headers, or as gRPC metadata. */
final class EventHeaders {
  private static final String TOKEN = "dapr-api-token";

  private EventHeaders() {}

  /**
   * To an HTTP app; content type and length are set apart.
   *
   * @throws IllegalArgumentException for a name or value that no header can have
   */
  static void toHttp(
      Map<String, String> metadata, @Nullable Trace trace, String token, MultiMap to) {
    metadata.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (keptFromApps(lower)
              || ofConnection(lower)
              || lower.endsWith("-bin")
              || (value.isEmpty() && lower.equals("tracestate"))) {
            return;
          }
          to.set(lower.startsWith("grpc-") ? "dapr-" + lower : lower, bytes(value));
        });
    if (trace != null) {
      to.set("traceparent", trace.traceparent());
      if (!trace.tracestate().isEmpty()) {
        to.set("tracestate", trace.tracestate());
      }
    }
    if (!token.isEmpty()) {
      to.set(TOKEN, token);
    }
  }

  /**
   * To a gRPC app.
   *
   * @throws IllegalArgumentException as {@link #toHttp}
   */
  static void toGrpc(
      Map<String, String> metadata, @Nullable Trace trace, String token, MultiMap to) {
    metadata.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (keptFromApps(lower)
              || ofConnection(lower)
              || lower.startsWith("grpc-")
              || lower.startsWith(":")
              || lower.equals("user-agent")) {
            return;
          }
          if (lower.endsWith("-bin")) {
            byte[] raw = value.getBytes(StandardCharsets.UTF_8);
            to.set(lower, Base64.getEncoder().withoutPadding().encodeToString(raw));
          } else {
            to.set(lower, bytes(value));
          }
        });
    if (trace != null) {
      to.set("traceparent", trace.traceparent());
      if (trace != Trace.NONE) {
        to.set("grpc-trace-bin", BinaryTrace.encode(trace.traceparent()));
      }
    }
    if (!token.isEmpty()) {
      to.set(TOKEN, token);
    }
  }

  /** Headers are bytes; those of a text beyond ASCII are UTF-8. */
  private static String bytes(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 0x7e) {
        return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return value;
  }

  /** What is set anew, and what would say who calls: that is the daemon's to tell. */
  private static boolean keptFromApps(String lower) {
    return switch (lower) {
      case "content-type",
          "content-length",
          "host",
          "expect",
          "destination-app-id",
          "dapr-caller-app-id",
          "dapr-caller-namespace",
          "dapr-callee-app-id" ->
          true;
      default -> false;
    };
  }

  private static boolean ofConnection(String lower) {
    return switch (lower) {
      case "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "te",
          "trailer",
          "proxy-authorization",
          "proxy-authenticate" ->
          true;
      default -> false;
    };
  }
}
