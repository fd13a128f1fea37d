package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.error.TransportErrors;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Consumer;

/**
 * Passes one gRPC stream between caller and app, each direction at the pace of its reader, until
 * one side ends it.
 */
final class GrpcRelay {
  private static final long CANCEL = 8;
  private static final long NO_ERROR = 0;

  private final ReadStream<Buffer> request;
  private final HttpClientRequest upstream;
  private final ProxyReply reply;
  private final long limit;
  private final FrameGuard sent;
  private final FrameGuard received;
  private final Consumer<Throwable> failed;
  private boolean halfClosed;

  /**
   * @param limit of one message, in bytes; 0 or less: none
   * @param failed answers the caller when the connection to the app breaks
   */
  GrpcRelay(
      ReadStream<Buffer> request,
      HttpClientRequest upstream,
      ProxyReply reply,
      long limit,
      Consumer<Throwable> failed) {
    this.request = request;
    this.upstream = upstream;
    this.reply = reply;
    this.limit = limit;
    this.sent = new FrameGuard(limit);
    this.received = new FrameGuard(limit);
    this.failed = failed;
  }

  /** Ends the call at the app; its caller is answered elsewhere. */
  void endEarly() {
    upstream.reset(CANCEL);
  }

  void start() {
    HttpServerResponse response = reply.response();
    if (response.closed()) {
      gone();
      return;
    }
    response.exceptionHandler(reset -> gone());
    response.closeHandler(closed -> gone());
    upstream.exceptionHandler(this::broken);
    upstream
        .response()
        .onComplete(
            answer -> {
              if (answer.failed()) {
                broken(answer.cause());
              } else {
                answered(answer.result());
              }
            });
    upstream.setChunked(true);
    upstream.sendHead();
    request.handler(this::send);
    request.endHandler(
        end -> {
          if (!halfClosed && !reply.over()) {
            halfClosed = true;
            upstream.end();
          }
        });
    request.exceptionHandler(this::ended);
    request.resume();
  }

  private void send(Buffer piece) {
    if (reply.over()) {
      return;
    }
    long oversized = sent.oversized(piece);
    if (oversized >= 0) {
      tooLarge(oversized);
      return;
    }
    upstream.write(piece);
    if (upstream.writeQueueFull()) {
      request.pause();
      upstream.drainHandler(drained -> request.resume());
    }
  }

  private void answered(HttpClientResponse answer) {
    MultiMap headers = answer.headers();
    if (answer.statusCode() != 200) {
      reply.fail(
          GrpcStatus.UNAVAILABLE,
          "unexpected HTTP status code received from server: " + answer.statusCode());
      upstream.reset(CANCEL);
      return;
    }
    if (headers.contains("grpc-status")) {
      reply.only(headers);
      letGo();
      return;
    }
    reply.head(headers);
    HttpServerResponse response = reply.response();
    answer.handler(
        piece -> {
          if (reply.over()) {
            return;
          }
          long oversized = received.oversized(piece);
          if (oversized >= 0) {
            tooLarge(oversized);
            return;
          }
          reply.write(piece);
          if (response.writeQueueFull()) {
            answer.pause();
            response.drainHandler(drained -> answer.resume());
          }
        });
    answer.exceptionHandler(this::broken);
    answer.endHandler(
        end -> {
          if (!reply.over()) {
            reply.trailers(answer.trailers());
            letGo();
          }
        });
  }

  private void tooLarge(long size) {
    reply.fail(GrpcStatus.RESOURCE_EXHAUSTED, TransportErrors.receivedTooLarge(size, limit));
    upstream.reset(CANCEL);
  }

  /** The app ended the call; what the caller still sends has no reader. */
  private void letGo() {
    if (!halfClosed) {
      halfClosed = true;
      upstream.reset(NO_ERROR);
    }
  }

  private void broken(Throwable cause) {
    if (!reply.over()) {
      failed.accept(cause);
    }
  }

  /** The caller's side broke off, or may send no more. */
  private void ended(Throwable cause) {
    if (cause instanceof DaprException refused && !reply.over()) {
      reply.fail(refused.error());
      upstream.reset(CANCEL);
    } else {
      gone();
    }
  }

  private void gone() {
    if (!reply.over()) {
      reply.gone();
      upstream.reset(CANCEL);
    }
  }
}
