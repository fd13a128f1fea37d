package io.jitney.daemon.bindings;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dapr.v1.DaprBindingsProtos.InvokeBindingRequest;
import io.dapr.v1.DaprBindingsProtos.InvokeBindingResponse;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** gRPC front of the output bindings. */
public final class BindingsGrpc {
  private final BindingsApi api;

  public BindingsGrpc(BindingsApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr(
            "InvokeBinding", "bindings.v1", InvokeBindingRequest.parser(), this::invoke));
  }

  private Future<InvokeBindingResponse> invoke(GrpcCall call, InvokeBindingRequest request) {
    Trace trace = call.trace();
    return api.invoke(
            call.instance(),
            trace == null ? null : trace.traceparent(),
            request.getName(),
            new BindingRequest(
                request.getOperation(),
                Buffer.buffer(request.getData().toByteArray()),
                metadata(call, request)))
        .compose(answer -> answer(call, answer));
  }

  /** All of the call's metadata go on; the trace of the call replaces what the request says. */
  private static Map<String, String> metadata(GrpcCall call, InvokeBindingRequest request) {
    Map<String, String> metadata = new HashMap<>(request.getMetadataMap());
    for (Map.Entry<String, String> header : call.metadata()) {
      metadata.putIfAbsent(sanitized(header.getKey().toLowerCase(Locale.ROOT)), header.getValue());
    }
    Trace trace = call.trace();
    if (trace != null) {
      boolean given = call.metadata("traceparent") != null;
      put(metadata, "traceparent", trace.traceparent(), given);
      if (!trace.tracestate().isEmpty()) {
        put(metadata, "tracestate", trace.tracestate(), given);
      }
    }
    return metadata;
  }

  private static void put(Map<String, String> metadata, String key, String value, boolean wins) {
    if (wins) {
      metadata.put(key, value);
    } else {
      metadata.putIfAbsent(key, value);
    }
  }

  private static String sanitized(String key) {
    return key.startsWith(":")
        ? "dapr-" + key.substring(1)
        : key.startsWith("grpc-") ? "dapr-" + key : key;
  }

  private static Future<InvokeBindingResponse> answer(GrpcCall call, BindingAnswer answer) {
    Map<String, String> metadata = answer.response().metadata();
    AnswerMetadata.put(metadata, call.response().headers());
    DaprError error = answer.error();
    if (error != null) {
      return Future.failedFuture(error.exception());
    }
    InvokeBindingResponse.Builder response =
        InvokeBindingResponse.newBuilder().putAllMetadata(metadata);
    Buffer data = answer.response().data();
    if (data != null) {
      response.setData(bytes(data));
    }
    return Future.succeededFuture(response.build());
  }

  private static ByteString bytes(Buffer data) {
    return UnsafeByteOperations.unsafeWrap(data.getBytes());
  }
}
