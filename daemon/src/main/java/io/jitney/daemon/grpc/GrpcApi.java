package io.jitney.daemon.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.admission.Admission;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What happens to a call on the gRPC API port, in order: admission (before the message is read), method, error
 * writing. One object for the node; the instance comes with the connection.
 */
public final class GrpcApi {
  private final Vertx vertx;
  private final Map<String, GrpcMethod> methods;
  private final GrpcMethod.StreamHandler otherwise;

  /**
   * @param methods all methods this daemon serves
   * @param otherwise what gets every other method: gRPC proxying
   */
  public GrpcApi(Vertx vertx, List<GrpcMethod> methods, GrpcMethod.StreamHandler otherwise) {
    this.vertx = vertx;
    this.methods =
        methods.stream().collect(Collectors.toUnmodifiableMap(GrpcMethod::fullName, Function.identity()));
    this.otherwise = otherwise;
  }

  /** The handler of requests of one instance; usable on every event loop. */
  public Handler<HttpServerRequest> handlerOf(AppInstance instance) {
    GrpcServerOptions options = new GrpcServerOptions().setMaxMessageSize(instance.settings().maxBodySize());
    for (GrpcProtocol protocol : GrpcProtocol.values()) {
      if (protocol != GrpcProtocol.HTTP_2) {
        options.removeEnabledProtocol(protocol);
      }
    }
    GrpcServer server = GrpcServer.server(vertx, options);
    server.callHandler(request -> dispatch(instance, request));
    return request -> admit(instance, request, server);
  }

  private static void admit(AppInstance instance, HttpServerRequest request, GrpcServer server) {
    switch (instance.admission().admit()) {
      case Admission.Refused refused -> refuse(request, AdmissionErrors.of(refused));
      case Admission.Admitted admitted -> {
        request.response().endHandler(done -> admitted.release());
        server.handle(request);
      }
    }
  }

  /** A trailers-only answer: the call ends before its message was read. */
  private static void refuse(HttpServerRequest request, DaprError error) {
    HttpServerResponse response = request.response();
    response.putHeader("content-type", "application/grpc");
    response.putHeader("grpc-status", Integer.toString(error.grpcStatus().code));
    response.putHeader("grpc-message", GrpcErrorWriter.message(error));
    response.putHeader("grpc-status-details-bin", GrpcErrorWriter.detailsHeader(error));
    response.end();
    request.resume();
  }

  private void dispatch(AppInstance instance, GrpcServerRequest<Buffer, Buffer> request) {
    GrpcCall call = new GrpcCall(instance, request);
    GrpcMethod method = methods.get(request.fullMethodName());
    if (method == null) {
      otherwise.handle(call);
      return;
    }
    switch (method) {
      case GrpcMethod.Unary<?, ?> unary -> unary(unary, call);
      case GrpcMethod.Streaming streaming -> streaming.handler().handle(call);
    }
  }

  private static <Q extends Message, R extends Message> void unary(
      GrpcMethod.Unary<Q, R> method, GrpcCall call) {
    call.request()
        .last()
        .compose(
            message -> {
              Q request;
              try {
                request = method.parser().parseFrom(((BufferInternal) message).getByteBuf().nioBuffer());
              } catch (InvalidProtocolBufferException bad) {
                call.fail(
                    GrpcStatus.INTERNAL, "grpc: error unmarshalling request: " + bad.getMessage());
                return Future.succeededFuture();
              }
              return method
                  .handler()
                  .handle(call, request)
                  .compose(reply -> call.response().end(Buffer.buffer(reply.toByteArray())));
            })
        .onFailure(failure -> call.fail(ErrorMapping.of(failure)));
  }
}
