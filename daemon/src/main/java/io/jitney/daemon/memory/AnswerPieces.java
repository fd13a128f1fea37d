package io.jitney.daemon.memory;

import io.jitney.daemon.connection.ConnectionGuard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer that is ready, a large one in pieces as the client takes them: what is handed to
 * the transport is copied there, and a slow reader must not make the daemon hold its answer twice.
 */
public final class AnswerPieces {
  /** What the transport gets at once. */
  static final int PIECE = 64 * 1024;

  private final HttpServerResponse response;
  private final Buffer body;
  private final Promise<Void> done = Promise.promise();
  private int at;

  private AnswerPieces(HttpServerResponse response, Buffer body) {
    this.response = response;
    this.body = body;
  }

  /**
   * Sends a body whose head is made up but not written. The call's memory holds the bytes until the
   * transport has them.
   *
   * @return fails, with nothing sent, with a refusal when there is no memory for what has come
   */
  public static Future<Void> write(HttpServerRequest request, Buffer body, CallMemory memory) {
    HttpServerResponse response = request.response();
    int length = body.length();
    Throwable refused = memory.answer(length);
    if (refused != null) {
      return Future.failedFuture(refused);
    }
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (length <= PIECE) {
      Future<Void> sent = response.end(body);
      if (http2 && length > 0) {
        untilTaken(request, length, sent, memory);
      }
      return sent;
    }
    response.putHeader("content-length", Integer.toString(length));
    AnswerPieces pieces = new AnswerPieces(response, body);
    untilTaken(request, length, pieces.done.future(), memory);
    response.exceptionHandler(gone -> pieces.done.tryFail(gone));
    response.closeHandler(gone -> pieces.done.tryFail("the client is gone"));
    pieces.more();
    return pieces.done.future();
  }

  /** Keeps the memory, and looks at the time, until the client has it all or is gone. */
  public static void untilTaken(
      HttpServerRequest request, long length, Future<Void> sent, CallMemory memory) {
    memory.begins();
    ConnectionGuard guard = ConnectionGuard.of(request);
    @Nullable AnswerClock clock =
        guard == null || request.version() != HttpVersion.HTTP_2
            ? null
            : AnswerClock.start(guard, request, length);
    sent.onComplete(
        taken -> {
          if (clock != null) {
            clock.stop();
          }
          memory.ends();
        });
  }

  private void more() {
    while (!done.future().isComplete()) {
      int end = Math.min(at + PIECE, body.length());
      Buffer piece = body.slice(at, end);
      at = end;
      if (at == body.length()) {
        response.end(piece).onSuccess(taken -> done.tryComplete()).onFailure(done::tryFail);
        return;
      }
      response.write(piece).onFailure(done::tryFail);
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> more());
        return;
      }
    }
  }
}
