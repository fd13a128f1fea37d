package io.jitney.daemon.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.jitney.daemon.admission.ClientGoneException;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.GrpcErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.isolation.RequestTurn;
import io.jitney.daemon.memory.CallMemory;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a call that was let in: its method is found, its message read, parsed and handed
 * over, and the answer written. Large messages are read and written off the loop. Threads: the
 * event loop of the connection.
 */
final class GrpcDispatch {
  /** Bytes from which reading and writing a message is not left to the event loop. */
  private static final int LARGE_MESSAGE = 256 * 1024;

  /** What {@link #handle} is to know of the request, which the server does not hand on. */
  private record Arriving(HttpServerRequest request, CallMemory memory, Patience patience) {}

  /** Taken in the same turn of the loop in which it was put there. */
  private static final AttributeKey<Arriving> ARRIVING =
      AttributeKey.valueOf(GrpcDispatch.class, "arriving");

  private final Map<String, GrpcMethod> methods;

  /**
   * @param methods by their full names
   */
  GrpcDispatch(Map<String, GrpcMethod> methods) {
    this.methods = methods;
  }

  /** Says what comes next on the request's connection, right before the server is given it. */
  static void arriving(HttpServerRequest request, CallMemory memory, Patience patience) {
    channel(request.connection()).attr(ARRIVING).set(new Arriving(request, memory, patience));
  }

  private static Channel channel(HttpConnection connection) {
    return ((HttpServerConnection) connection).channelHandlerContext().channel();
  }

  /** The call that has arrived on this turn of the loop. */
  void handle(AppInstance instance, GrpcServerRequest<Buffer, Buffer> request) {
    Arriving arriving = Objects.requireNonNull(channel(request.connection()).attr(ARRIVING).get());
    GrpcCall call =
        new GrpcCall(instance, request, arriving.request(), arriving.memory(), arriving.patience());
    request.invalidMessageHandler(
        invalid -> {
          if (invalid instanceof MessageSizeOverflowException overflow) {
            call.fail(
                GrpcErrors.messageTooLarge(
                    overflow.messageSize(), instance.settings().maxBodySize()));
          } else {
            call.fail(GrpcStatus.INTERNAL, "grpc: failed to decode the received message");
          }
        });
    GrpcMethod method = methods.get(request.fullMethodName());
    if (method == null) {
      call.fail(GrpcStatus.UNIMPLEMENTED, "unknown method " + request.fullMethodName());
      return;
    }
    if (!call.acceptBaggage()) {
      return;
    }
    switch (method) {
      case GrpcMethod.Unary<?, ?> unary -> {
        call.announceTrace();
        unary(unary, call);
      }
      case GrpcMethod.Streaming streaming -> {
        call.announceTrace();
        streaming.handler().handle(call);
      }
    }
  }

  private static <Q extends Message, R extends Message> void unary(
      GrpcMethod.Unary<Q, R> method, GrpcCall call) {
    @Nullable GrpcMessage[] last = {null};
    call.request().messageHandler(message -> last[0] = message);
    // What a handler has asked for comes also when the client is gone.
    call.memory().begins();
    read(call)
        .onFailure(call::brokeOff)
        .compose(
            end -> {
              GrpcMessage message = last[0];
              last[0] = null;
              return message == null
                  ? measuredAnswer(method, call, null)
                  : RequestTurn.forBody(
                          call.request().connection(),
                          call.instance().account(),
                          message.payload(),
                          call::isWanted)
                      .compose(turn -> measuredAnswer(method, call, message));
            })
        .onFailure(failure -> call.fail(ErrorMapping.of(failure)))
        .onComplete(over -> call.memory().ends());
  }

  /** The end of the request: a stream that is reset has none that {@code end()} would tell of. */
  private static Future<Void> read(GrpcCall call) {
    Promise<Void> read = Promise.promise();
    call.request().errorHandler(reset -> read.tryFail(new ClientGoneException()));
    call.request().end().onSuccess(end -> read.tryComplete()).onFailure(read::tryFail);
    return read.future();
  }

  /** What was held back comes by tasks of its own, which nobody measures. */
  private static <Q extends Message, R extends Message> Future<Void> measuredAnswer(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message) {
    ConnectionMeter meter = ConnectionMeter.of(call.request().connection());
    if (meter == null) {
      return answer(method, call, message);
    }
    Account outer = meter.gate().begin(call.instance().account());
    try {
      return answer(method, call, message);
    } finally {
      meter.gate().end(outer);
    }
  }

  private static <Q extends Message, R extends Message> Future<Void> answer(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message) {
    if (call.ended()) {
      return Future.succeededFuture(); // refused while the message came in
    }
    if (!call.isWanted()) {
      return Future.failedFuture(new ClientGoneException());
    }
    boolean packed = message != null && UnaryMessage.packed(message);
    int length = message == null ? 0 : message.payload().length();
    if (packed || length >= LARGE_MESSAGE) {
      return call.instance()
          .account()
          .work(
              Math.max(length, LARGE_MESSAGE),
              () -> {
                ClientGoneException.check(call.isWanted());
                return parsed(method, call, message);
              })
          .transform(
              parsed -> {
                if (parsed.failed()) {
                  return unparsed(call, parsed.cause());
                }
                call.memory().bodyRead(packed ? parsed.result().getSerializedSize() : length);
                return answerTo(method, call, parsed.result());
              });
    }
    call.memory().bodyRead(length);
    Q request;
    try {
      request = parsed(method, call, message);
    } catch (InvalidProtocolBufferException bad) {
      return unparsed(call, bad);
    }
    return answerTo(method, call, request);
  }

  private static <Q extends Message, R extends Message> Q parsed(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message)
      throws InvalidProtocolBufferException {
    if (message == null) {
      return method.parser().parseFrom(new byte[0]);
    }
    Buffer plain = UnaryMessage.plain(message, call.instance().settings().maxBodySize());
    return method.parser().parseFrom(((BufferInternal) plain).getByteBuf().nioBuffer());
  }

  private static Future<Void> unparsed(GrpcCall call, Throwable cause) {
    if (cause instanceof InvalidProtocolBufferException bad) {
      call.fail(GrpcStatus.INTERNAL, "grpc: error unmarshalling request: " + bad.getMessage());
      return Future.succeededFuture();
    }
    return Future.failedFuture(cause);
  }

  private static <Q extends Message, R extends Message> Future<Void> answerTo(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, Q request) {
    if (call.ended()) {
      return Future.succeededFuture();
    }
    if (!call.isWanted()) { // the client left meanwhile
      return Future.failedFuture(new ClientGoneException());
    }
    Future<R> reply;
    try {
      reply = method.handler().handle(call, request);
    } catch (RuntimeException failure) {
      reply = Future.failedFuture(failure);
    }
    return reply.compose(
        answer -> {
          int size = answer.getSerializedSize();
          return size < LARGE_MESSAGE
              ? send(call, answer.toByteArray())
              : call.instance()
                  .account()
                  .work(size, answer::toByteArray)
                  .compose(bytes -> send(call, bytes));
        });
  }

  private static Future<Void> send(GrpcCall call, byte[] message) {
    return call.ended() ? Future.succeededFuture() : call.reply(Buffer.buffer(message));
  }
}
