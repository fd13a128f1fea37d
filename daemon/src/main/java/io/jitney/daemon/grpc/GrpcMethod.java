package io.jitney.daemon.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.vertx.core.Future;

/** One method this daemon serves itself; every other method is proxied. Shared by all tenants. */
public sealed interface GrpcMethod {
  /** {@code package.Service/Method}, without leading slash. */
  String fullName();

  /** Key of API access lists, {@code state.v1} for example; "" is never denied. */
  String accessKey();

  /** A unary method: one message in, one out; a failed future becomes the status. */
  record Unary<Q extends Message, R extends Message>(
      String fullName, String accessKey, Parser<Q> parser, UnaryHandler<Q, R> handler)
      implements GrpcMethod {}

  /** A streaming method: the handler owns the call. */
  record Streaming(String fullName, String accessKey, StreamHandler handler)
      implements GrpcMethod {}

  @FunctionalInterface
  interface UnaryHandler<Q extends Message, R extends Message> {
    Future<R> handle(GrpcCall call, Q request);
  }

  @FunctionalInterface
  interface StreamHandler {
    void handle(GrpcCall call);
  }

  /** A unary method of {@code dapr.proto.runtime.v1.Dapr}. */
  static <Q extends Message, R extends Message> GrpcMethod dapr(
      String name, String accessKey, Parser<Q> parser, UnaryHandler<Q, R> handler) {
    return new Unary<>("dapr.proto.runtime.v1.Dapr/" + name, accessKey, parser, handler);
  }
}
