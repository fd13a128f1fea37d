package io.jitney.daemon.invoke;

import io.jitney.daemon.telemetry.BinaryTrace;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/** Trace context on its way to the target (spec 05 section 5.2, 07 "tracing"). */
final class TraceHeaders {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";
  private static final String BAGGAGE = "baggage";
  private static final int TRACE_ID_START = 3;
  private static final int TRACE_ID_END = 35;

  private TraceHeaders() {}

  /** To an HTTP server. */
  static void toHttp(AppCall call, MultiMap to) {
    MultiMap from = call.headers();
    baggage(from, to);
    Trace trace = call.trace();
    String parent = from.get(PARENT);
    String state = from.get(STATE);
    if (trace == null) {
      if (!call.fromGrpc()) {
        copy(to, PARENT, parent);
        copy(to, STATE, state);
      }
    } else if (call.hop() != null && trace == Trace.NONE && parent != null && !call.fromGrpc()) {
      to.set(PARENT, parent); // daprd has no span to put in its place
      copy(to, STATE, state);
    } else {
      to.set(PARENT, trace.traceparent());
      if (call.fromGrpc()) {
        return; // tracestate is lost there
      }
      if (!trace.tracestate().isEmpty()) {
        to.set(STATE, trace.tracestate());
      } else if (parent != null && continued(parent, trace)) {
        copy(to, STATE, state); // one that daprd does not read goes on as it is
      }
    }
  }

  /** To a gRPC app: an HTTP caller's own context passes as metadata. */
  static void toGrpc(AppCall call, MultiMap to) {
    MultiMap from = call.headers();
    baggage(from, to);
    Trace trace = call.trace();
    String parent = call.fromGrpc() ? null : from.get(PARENT);
    if (parent != null) {
      to.set(PARENT, parent);
      copy(to, STATE, from.get(STATE));
    } else if (trace != null) {
      to.set(PARENT, trace.traceparent());
    }
    if (trace != null && trace != Trace.NONE) {
      to.set("grpc-trace-bin", BinaryTrace.encode(trace.traceparent()));
    }
  }

  /** Only the first value survives. */
  private static void baggage(MultiMap from, MultiMap to) {
    copy(to, BAGGAGE, from.get(BAGGAGE));
  }

  private static void copy(MultiMap to, String name, @Nullable String value) {
    if (value != null) {
      to.set(name, value);
    }
  }

  private static boolean continued(String parent, Trace trace) {
    return parent.length() >= TRACE_ID_END
        && trace
            .traceparent()
            .regionMatches(TRACE_ID_START, parent, TRACE_ID_START, TRACE_ID_END - TRACE_ID_START);
  }
}
