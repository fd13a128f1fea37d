package io.jitney.daemon.invoke;

import io.jitney.daemon.grpc.GrpcCall;
import io.vertx.grpc.common.GrpcStatus;

/** gRPC proxying: gets every method this daemon does not serve itself. */
public final class InvokeGrpc {
  public void proxy(GrpcCall call) {
    call.fail(
        GrpcStatus.UNKNOWN,
        "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found");
  }
}
