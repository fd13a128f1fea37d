package io.jitney.daemon.grpc;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import org.jspecify.annotations.Nullable;

/** One call on the gRPC API. Lives on its connection's event loop. */
public final class GrpcCall {
  private final AppInstance instance;
  private final GrpcServerRequest<Buffer, Buffer> request;

  GrpcCall(AppInstance instance, GrpcServerRequest<Buffer, Buffer> request) {
    this.instance = instance;
    this.request = request;
  }

  public AppInstance instance() {
    return instance;
  }

  public GrpcServerRequest<Buffer, Buffer> request() {
    return request;
  }

  public GrpcServerResponse<Buffer, Buffer> response() {
    return request.response();
  }

  /** {@code package.Service/Method}. */
  public String method() {
    return request.fullMethodName();
  }

  /** Metadata the client sent. */
  public MultiMap metadata() {
    return request.headers();
  }

  public @Nullable String metadata(String name) {
    return request.headers().get(name);
  }

  /** Context for calls into components. */
  public CallContext context() {
    return instance.callContext(metadata("traceparent"));
  }

  /** Ends the call with an error status. */
  public void fail(DaprError error) {
    if (!error.grpcDetails().isEmpty()) {
      response().trailers().set("grpc-status-details-bin", GrpcErrorWriter.detailsHeader(error));
    }
    fail(error.grpcStatus(), GrpcErrorWriter.message(error));
  }

  /** Ends the call with a bare status. */
  public void fail(GrpcStatus status, String message) {
    response().status(status).statusMessage(message);
    response().end();
  }
}
