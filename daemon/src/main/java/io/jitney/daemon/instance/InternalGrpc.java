package io.jitney.daemon.instance;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;

/**
 * The internal gRPC port: a gRPC server without services, so that peers get an answer that they
 * understand.
 */
final class InternalGrpc implements Handler<HttpServerRequest> {
  private final GrpcServer server;

  InternalGrpc(Vertx vertx) {
    server = GrpcServer.server(vertx);
    server.callHandler(
        request ->
            request
                .response()
                .status(GrpcStatus.UNIMPLEMENTED)
                .statusMessage("unknown method " + request.fullMethodName())
                .end());
  }

  @Override
  public void handle(HttpServerRequest request) {
    server.handle(request);
  }
}
