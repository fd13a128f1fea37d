package io.jitney.daemon.invoke;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.dapr.v1.CommonProtos.InvokeResponse;
import io.dapr.v1.DaprInvokeProtos.InvokeServiceRequest;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.StatusMapping;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;

/** {@code InvokeService}: whole messages both ways, whatever the target speaks. */
public final class InvokeGrpc {
  private static final String DETAILS = "grpc-status-details-bin";

  private final InvokeApi api;

  public InvokeGrpc(InvokeApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr(
            "InvokeService", "invoke.v1", InvokeServiceRequest.parser(), this::invokeService));
  }

  private Future<InvokeResponse> invokeService(GrpcCall call, InvokeServiceRequest request) {
    String id = request.getId();
    Cancellation cancellation = new Cancellation();
    AppCall appCall;
    try {
      appCall = appCall(call, request, cancellation);
    } catch (InvokeException refused) {
      return Future.failedFuture(InvokeErrors.failed(id, refused.text()).exception());
    }
    call.onGone(cancellation::cancel);
    return api.invoke(call.instance(), id, appCall)
        .compose(answer -> reply(call, answer))
        .onComplete(
            done -> {
              if (done.failed()) {
                cancellation.cancel();
              }
              cancellation.over();
            })
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof InvokeException failed
                        ? (failed.denied()
                                ? InvokeErrors.denied(id, failed.text())
                                : InvokeErrors.failed(id, failed.text()))
                            .exception()
                        : cause));
  }

  private AppCall appCall(GrpcCall call, InvokeServiceRequest request, Cancellation cancellation) {
    AppInstance caller = call.instance();
    InvokeRequest message = request.getMessage();
    String method = MethodName.normalise(message.getMethod());
    if (!request.hasMessage() && api.callee(caller, request.getId()) instanceof Callee.Peer) {
      throw new InvokeException(InvokeErrors.missingMessage());
    }
    Any data = message.getData();
    CallBody body =
        data.getValue().isEmpty() && data.getTypeUrl().isEmpty()
            ? new CallBody.None()
            : new CallBody.Whole(Buffer.buffer(data.getValue().toByteArray()), data.getTypeUrl());
    HTTPExtension extension = message.getHttpExtension();
    return new AppCall(
        true,
        message.hasHttpExtension() ? extension.getVerb() : null,
        method,
        extension.getQuerystring(),
        call.metadata(),
        message.getContentType(),
        body,
        call.trace(),
        null,
        !caller.settings().apiToken().isEmpty(),
        cancellation,
        caller.account(),
        call.memory());
  }

  private static Future<InvokeResponse> reply(GrpcCall call, AppAnswer answer) {
    return switch (answer) {
      case AppAnswer.Http http -> ofHttp(call, http);
      case AppAnswer.Grpc grpc -> ofGrpc(call, grpc.answer());
    };
  }

  private static Future<InvokeResponse> ofHttp(GrpcCall call, AppAnswer.Http answer) {
    long limit = call.instance().settings().maxBodySize();
    return AnswerReader.read(answer, limit, call.memory())
        .compose(
            body -> {
              ResponseHeaders.httpToGrpc(
                  answer.status(), answer.headers(), call.response().headers(), call.trace());
              GrpcStatus status = StatusMapping.toGrpc(answer.status());
              if (status != GrpcStatus.OK) {
                return Future.failedFuture(
                    InvokeErrors.httpStatus(answer.status(), status, body.getBytes()).exception());
              }
              String type = answer.headers().get("content-type");
              return Future.succeededFuture(
                  InvokeResponse.newBuilder()
                      .setContentType(type == null ? "" : type)
                      .setData(
                          Any.newBuilder()
                              .setValue(
                                  UnsafeByteOperations.unsafeWrap(
                                      ((BufferInternal) body).getByteBuf().nioBuffer())))
                      .build());
            });
  }

  private static Future<InvokeResponse> ofGrpc(GrpcCall call, GrpcAnswer answer) {
    Trace trace = call.trace();
    ResponseHeaders.grpcToGrpc(answer.headers(), call.response().headers(), trace);
    MultiMap trailers = call.response().trailers();
    ResponseHeaders.metadata(answer.trailers(), trailers);
    if (!answer.ok()) {
      String details = answer.trailers().get(DETAILS);
      if (details != null) {
        trailers.set(DETAILS, details);
      }
      return Future.failedFuture(
          DaprError.plain(
                  answer.status().name(),
                  StatusMapping.toHttp(answer.code()),
                  answer.status(),
                  answer.message())
              .exception());
    }
    try {
      InvokeResponse reply = GrpcAnswerWriter.parse(answer);
      long limit = call.instance().settings().maxBodySize();
      int size = reply.getSerializedSize();
      if (limit > 0 && size > limit) {
        return Future.failedFuture(
            DaprError.plain(
                    "RESOURCE_EXHAUSTED",
                    429,
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    TransportErrors.sendTooLarge(size, limit))
                .exception());
      }
      return Future.succeededFuture(
          reply.hasData() ? reply : reply.toBuilder().setData(Any.getDefaultInstance()).build());
    } catch (InvalidProtocolBufferException broken) {
      return Future.failedFuture(
          new InvokeException(
              InvokeErrors.status("Internal", "grpc: failed to unmarshal the received message")));
    }
  }
}
