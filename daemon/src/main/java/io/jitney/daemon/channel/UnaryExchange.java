package io.jitney.daemon.channel;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.jitney.daemon.error.GrpcMessageText;
import io.jitney.daemon.error.HttpStatusText;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One unary gRPC call on an HTTP/2 request: one length-prefixed message each way, status in the
 * trailers.
 */
final class UnaryExchange {
  private static final int PREFIX = 5;
  private static final long CANCEL = 8;

  private final HttpClientRequest request;
  private final long limit;
  private final Promise<GrpcAnswer> answer = Promise.promise();
  private Buffer received = Buffer.buffer();
  private boolean gathering;
  private final @Nullable CallMemory memory;
  private long covered = CallMemory.SMALL_BODY;

  /**
   * @param memory of the call that asks; null: the daemon's own, whose answers are small
   */
  UnaryExchange(HttpClientRequest request, long limit, @Nullable CallMemory memory) {
    this.request = request;
    this.limit = limit;
    this.memory = memory;
  }

  Future<GrpcAnswer> call(Consumer<MultiMap> metadata, MessageLite message) {
    MultiMap headers = request.headers();
    try {
      metadata.accept(headers);
    } catch (IllegalArgumentException malformed) {
      cancel();
      return Future.succeededFuture(GrpcAnswer.failed(GrpcStatus.INTERNAL, "malformed metadata"));
    }
    headers.set("content-type", "application/grpc");
    headers.set("te", "trailers");
    request
        .response()
        .onComplete(
            response -> {
              if (response.failed()) {
                answer.tryFail(response.cause());
              } else {
                read(response.result());
              }
            });
    request.end(frame(message));
    return answer.future();
  }

  void cancel() {
    request.reset(CANCEL);
  }

  private static Buffer frame(MessageLite message) {
    int size = message.getSerializedSize();
    byte[] bytes = new byte[PREFIX + size];
    bytes[1] = (byte) (size >>> 24);
    bytes[2] = (byte) (size >>> 16);
    bytes[3] = (byte) (size >>> 8);
    bytes[4] = (byte) size;
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes, PREFIX, size);
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Buffer.buffer(bytes);
  }

  private void read(HttpClientResponse response) {
    String type = response.getHeader("content-type");
    if (response.statusCode() != 200 || type == null || !type.startsWith("application/grpc")) {
      answer.tryComplete(notGrpc(response, type));
      request.reset(CANCEL);
      return;
    }
    response.handler(chunk -> chunk(response, chunk));
    response.exceptionHandler(answer::tryFail);
    response.endHandler(end -> complete(response));
  }

  private void chunk(HttpClientResponse response, Buffer chunk) {
    if (answer.future().isComplete()) {
      return;
    }
    if (received.length() == 0) {
      received = chunk; // mostly the only one: taken without a copy
    } else {
      if (!gathering) {
        gathering = true;
        received =
            Buffer.buffer(Math.max(4 * received.length(), 2 * chunk.length()))
                .appendBuffer(received);
      }
      received.appendBuffer(chunk);
    }
    if (received.length() < PREFIX) {
      return;
    }
    long size = received.getUnsignedInt(1);
    if (limit > 0 && (size > limit || received.length() - PREFIX > limit)) {
      answer.tryComplete(
          GrpcAnswer.failed(
              GrpcStatus.RESOURCE_EXHAUSTED, TransportErrors.receivedTooLarge(size, limit)));
      request.reset(CANCEL);
      return;
    }
    cover(response, size);
  }

  /** Reads nothing further before there is memory for it. */
  private void cover(HttpClientResponse response, long size) {
    CallMemory its = memory;
    if (its == null || size <= covered) {
      return;
    }
    Future<Void> room = its.moreBody(size - covered);
    covered = size;
    if (room != null) {
      response.pause();
      room.onSuccess(granted -> response.resume())
          .onFailure(
              refused -> {
                received = Buffer.buffer();
                answer.tryFail(refused);
                request.reset(CANCEL);
              });
    }
  }

  private void complete(HttpClientResponse response) {
    MultiMap trailers = response.trailers();
    String status = trailers.get("grpc-status");
    if (status == null) { // an answer of headers alone
      status = response.getHeader("grpc-status");
      trailers = response.headers();
    }
    int code;
    try {
      code = status == null ? GrpcStatus.INTERNAL.code : Integer.parseInt(status);
    } catch (NumberFormatException notANumber) {
      code = GrpcStatus.UNKNOWN.code;
    }
    String text = trailers.get("grpc-message");
    String message =
        status == null ? "server closed the stream without sending trailers" : decoded(text);
    if (code != GrpcStatus.OK.code) {
      answer.tryComplete(
          new GrpcAnswer(code, message, Buffer.buffer(), response.headers(), trailers));
      return;
    }
    int length = received.length();
    if (length < PREFIX || received.getUnsignedInt(1) != length - PREFIX) {
      answer.tryComplete(GrpcAnswer.failed(GrpcStatus.INTERNAL, "unexpected EOF"));
    } else if (received.getByte(0) != 0) {
      answer.tryComplete(
          GrpcAnswer.failed(
              GrpcStatus.INTERNAL, "grpc: compressed flag set with identity or empty encoding"));
    } else {
      answer.tryComplete(
          new GrpcAnswer(
              code, message, received.slice(PREFIX, length), response.headers(), trailers));
    }
  }

  private static String decoded(@Nullable String text) {
    return text == null ? "" : GrpcMessageText.decode(text);
  }

  /** What grpc-go makes of an answer that is not gRPC. */
  private static GrpcAnswer notGrpc(HttpClientResponse response, @Nullable String type) {
    int http = response.statusCode();
    GrpcStatus status =
        switch (http) {
          case 400 -> GrpcStatus.INTERNAL;
          case 401 -> GrpcStatus.UNAUTHENTICATED;
          case 403 -> GrpcStatus.PERMISSION_DENIED;
          case 404 -> GrpcStatus.UNIMPLEMENTED;
          case 429, 502, 503, 504 -> GrpcStatus.UNAVAILABLE;
          default -> GrpcStatus.UNKNOWN;
        };
    String text =
        "unexpected HTTP status code received from server: "
            + http
            + " ("
            + HttpStatusText.of(http)
            + ")";
    String about =
        type == null
            ? "; malformed header: missing HTTP content-type"
            : "; transport: received unexpected content-type \"" + type + "\"";
    return GrpcAnswer.failed(status, text + about);
  }
}
