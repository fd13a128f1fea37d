package io.jitney.daemon.invoke;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.dapr.v1.CommonProtos.HTTPExtension;
import io.dapr.v1.CommonProtos.InvokeRequest;
import io.jitney.daemon.channel.AppBusyException;
import io.jitney.daemon.channel.AppLoad;
import io.jitney.daemon.channel.AppUnhealthyException;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.TransportErrors;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcStatus;

/**
 * Sends a call to an app that speaks gRPC: {@code AppCallback.OnInvoke}, whole messages both ways.
 */
final class ToGrpcApp {
  private ToGrpcApp() {}

  /**
   * @param call with its body read
   * @return the app's status and message; fails with {@link InvokeException}, or {@link
   *     io.jitney.daemon.channel.ChannelClosedException} when another instance should be asked
   */
  static Future<AppAnswer> call(GrpcAppChannel channel, AppCall call) {
    if (!channel.healthy()) {
      return Future.failedFuture(new InvokeException(InvokeErrors.unhealthy()));
    }
    InvokeRequest message = message(call);
    AppLoad.Slot slot = channel.enter(call.account());
    call.cancellation().holds(slot::release);
    return channel
        .unary(
            GrpcAppChannel.ON_INVOKE,
            metadata -> RequestHeaders.toGrpc(call, metadata, channel.token()),
            message,
            slot,
            call.memory(),
            reset -> call.cancellation().holds(reset))
        .<AppAnswer>map(AppAnswer.Grpc::new)
        .recover(
            cause ->
                Future.failedFuture(
                    switch (cause) {
                      case AppUnhealthyException unhealthy ->
                          new InvokeException(InvokeErrors.unhealthy());
                      case AppBusyException busy ->
                          new InvokeException(InvokeErrors.busy(String.valueOf(busy.getMessage())));
                      default -> cause;
                    }));
  }

  private static InvokeRequest message(AppCall call) {
    Any data =
        switch (call.body()) {
          case CallBody.Whole whole ->
              Any.newBuilder().setTypeUrl(whole.typeUrl()).setValue(bytes(whole.data())).build();
          case CallBody.None none -> Any.getDefaultInstance();
          case CallBody.Incoming unread -> throw new IllegalStateException("the body was not read");
        };
    InvokeRequest.Builder message = envelope(call).setData(data);
    return message.build();
  }

  private static InvokeRequest.Builder envelope(AppCall call) {
    InvokeRequest.Builder message =
        InvokeRequest.newBuilder().setMethod(call.method()).setContentType(call.contentType());
    HTTPExtension.Verb verb = call.verb();
    if (verb != null) {
      message.setHttpExtension(
          HTTPExtension.newBuilder().setVerb(verb).setQuerystring(call.query()));
    }
    return message;
  }

  private static ByteString bytes(Buffer data) {
    return UnsafeByteOperations.unsafeWrap(((BufferInternal) data).getByteBuf().nioBuffer());
  }

  /**
   * What becomes of an HTTP body over the limit: daprd cuts it and then finds the message too large
   * to send.
   */
  static AppAnswer tooLong(AppCall call, long limit) {
    int any = CodedOutputStream.computeTagSize(2) + CodedOutputStream.computeUInt64SizeNoTag(limit);
    long data = any + limit;
    long size =
        envelope(call).build().getSerializedSize()
            + CodedOutputStream.computeTagSize(2)
            + CodedOutputStream.computeUInt64SizeNoTag(data)
            + data;
    return new AppAnswer.Grpc(
        new GrpcAnswer(
            GrpcStatus.RESOURCE_EXHAUSTED.code,
            TransportErrors.sendTooLarge(size, limit),
            Buffer.buffer(),
            MultiMap.caseInsensitiveMultiMap(),
            MultiMap.caseInsensitiveMultiMap()));
  }
}
