package io.jitney.daemon.invoke;

import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.invoke.AppCall.Hop;
import io.vertx.core.MultiMap;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The headers that a target sees (spec 01 section 4.3, 03 section 7.6). */
final class RequestHeaders {
  private static final String TOKEN = "dapr-api-token";
  private static final String PREFIX = "dapr-";
  private static final String PROTOBUF = "application/x-protobuf";

  private RequestHeaders() {}

  /**
   * Headers of a request to an HTTP server, all but the length.
   *
   * @param appToken {@code APP_API_TOKEN} of the target's instance; "" none
   * @return whether compression is the daemon's own idea: then the answer is to be unpacked
   */
  static boolean toHttp(AppCall call, MultiMap to, String appToken) {
    MultiMap from = call.headers();
    Set<String> named = HeaderRules.namedByConnection(from);
    boolean keepsToken = appToken.isEmpty() && !call.dropsApiToken();
    boolean[] encoding = {false};
    from.forEach(
        (name, value) -> {
          if (HeaderRules.replaced(name)
              || HeaderRules.hopByHop(name)
              || HeaderRules.binary(name)
              || HeaderRules.named(named, name)) {
            return;
          }
          if (HeaderRules.grpc(name)) {
            if (!call.fromGrpc() || !reserved(name)) {
              to.add(PREFIX + name, value);
            }
          } else if (!HeaderRules.token(name)) {
            encoding[0] |= name.length() == 15 && name.equalsIgnoreCase("accept-encoding");
            to.add(name, value);
          } else if (keepsToken) {
            to.add(name, value);
          }
        });
    String type =
        call.body() instanceof CallBody.Whole whole && !whole.typeUrl().isEmpty()
            ? PROTOBUF
            : call.contentType();
    if (!type.isEmpty()) {
      to.set("content-type", type);
    }
    common(call, to, appToken);
    TraceHeaders.toHttp(call, to);
    if (encoding[0] || to.contains("range")) {
      return false;
    }
    to.set("accept-encoding", "gzip");
    return true;
  }

  /** Metadata of a call to a gRPC app. */
  static void toGrpc(AppCall call, MultiMap to, String appToken) {
    boolean keepsToken = appToken.isEmpty() && !call.dropsApiToken();
    Set<String> named = HeaderRules.namedByConnection(call.headers());
    for (Map.Entry<String, String> header : call.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      boolean content = !call.fromGrpc() && name.startsWith("content-");
      if (HeaderRules.hopByHop(name)
          || HeaderRules.named(named, name)
          || reserved(name)
          || (call.fromGrpc() && name.equals(GrpcCall.AUTHORITY))
          || (HeaderRules.replaced(name) && !content)
          || (HeaderRules.token(name) && !keepsToken)) {
        continue;
      }
      if (HeaderRules.binary(name) && !base64(header.getValue())) {
        continue;
      }
      boolean prefixed = !call.fromGrpc() && HeaderRules.permanent(name);
      to.add(prefixed ? PREFIX + name : name, header.getValue());
    }
    common(call, to, appToken);
    TraceHeaders.toGrpc(call, to);
  }

  private static void common(AppCall call, MultiMap to, String appToken) {
    if (!appToken.isEmpty()) {
      to.set(TOKEN, appToken);
    }
    Hop hop = call.hop();
    if (hop != null) {
      to.set("dapr-caller-namespace", hop.callerNamespace());
      to.set("dapr-caller-app-id", hop.callerAppId());
      to.set("dapr-callee-app-id", hop.calleeAppId());
      to.add("x-forwarded-for", hop.forwardedFor());
      to.add("x-forwarded-host", hop.forwardedHost());
      to.add("forwarded", hop.forwarded());
    }
  }

  /** What gRPC itself owns: never an application's metadata. */
  static boolean reserved(String lowerCaseName) {
    return switch (lowerCaseName) {
      case "te",
          "user-agent",
          "grpc-timeout",
          "grpc-encoding",
          "grpc-message",
          "grpc-message-type",
          "grpc-status" ->
          true;
      default -> false;
    };
  }

  private static boolean base64(String value) {
    try {
      Base64.getDecoder().decode(value);
      return true;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
