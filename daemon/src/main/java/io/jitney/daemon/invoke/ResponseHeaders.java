package io.jitney.daemon.invoke;

import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of an answer on their way back to the caller (spec 01 section 4.4, 07 "Invocation").
 */
final class ResponseHeaders {
  private static final String PREFIX = "dapr-";

  private ResponseHeaders() {}

  /**
   * From an HTTP app to an HTTP caller. Trace headers replace what the front has put in; others are
   * added, so that CORS headers of both sides reach the browser as in daprd.
   */
  static void httpToHttp(MultiMap from, MultiMap to) {
    Set<String> named = HeaderRules.namedByConnection(from);
    from.forEach(
        (name, value) -> {
          if (HeaderRules.hopByHop(name)
              || HeaderRules.binary(name)
              || HeaderRules.named(named, name)) {
            return;
          }
          if (name.length() == 14 && name.equalsIgnoreCase("content-length")) {
            return;
          }
          if (HeaderRules.grpc(name)) {
            to.add(PREFIX + name, value);
          } else if (trace(name)) {
            to.set(name, value);
          } else {
            to.add(name, value);
          }
        });
  }

  private static boolean trace(String name) {
    return name.length() == 11 && name.equalsIgnoreCase("traceparent")
        || name.length() == 10 && name.equalsIgnoreCase("tracestate");
  }

  /** From a gRPC app to an HTTP caller. */
  static void grpcToHttp(MultiMap from, MultiMap to) {
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey();
      if (!ofGrpc(name) && !HeaderRules.binary(name)) {
        to.add(name, header.getValue());
      }
    }
  }

  /** From an HTTP app to a gRPC caller, as metadata. */
  static void httpToGrpc(int status, MultiMap from, MultiMap to, @Nullable Trace trace) {
    Set<String> named = HeaderRules.namedByConnection(from);
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (HeaderRules.hopByHop(name)
          || HeaderRules.binary(name)
          || HeaderRules.named(named, name)
          || name.equals("content-length")
          || trace(name)) {
        continue;
      }
      boolean prefixed = HeaderRules.grpc(name) || HeaderRules.permanent(name);
      to.add(prefixed ? PREFIX + name : name, header.getValue());
    }
    to.set("dapr-http-status", Integer.toString(status));
    trace(to, trace);
  }

  /** From a gRPC app to a gRPC caller. */
  static void grpcToGrpc(MultiMap from, MultiMap to, @Nullable Trace trace) {
    metadata(from, to);
    trace(to, trace);
  }

  /** Metadata of an application, without what belongs to gRPC. */
  static void metadata(MultiMap from, MultiMap to) {
    for (Map.Entry<String, String> header : from) {
      if (!ofGrpc(header.getKey())) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  private static void trace(MultiMap to, @Nullable Trace trace) {
    if (trace != null) {
      to.set("traceparent", trace.traceparent());
    }
  }

  private static boolean ofGrpc(String name) {
    return name.equalsIgnoreCase("content-type") || name.startsWith(":") || HeaderRules.grpc(name);
  }
}
