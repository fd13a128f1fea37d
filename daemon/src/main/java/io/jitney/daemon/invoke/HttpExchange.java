package io.jitney.daemon.invoke;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * One request to an HTTP server with its body, up to the head of the answer; can be taken back at
 * any time.
 */
public final class HttpExchange {
  private static final long CANCEL = 8;

  private final CallBody body;
  private final Promise<HttpClientResponse> answer = Promise.promise();
  private @Nullable HttpClientRequest request;
  private @Nullable BodyPump pump;
  private boolean cancelled;

  HttpExchange(CallBody body) {
    this.body = body;
  }

  /**
   * Sends.
   *
   * @param opened a request with all its headers but the length
   * @return the answer, paused; fails with what went wrong with the connection or the incoming body
   */
  Future<HttpClientResponse> send(HttpClientRequest opened) {
    request = opened;
    if (cancelled) {
      opened.reset(CANCEL);
      return Future.failedFuture(new CallerGoneException());
    }
    opened.exceptionHandler(answer::tryFail);
    opened
        .response()
        .onComplete(
            response -> {
              if (response.failed()) {
                answer.tryFail(response.cause());
              } else {
                response.result().pause();
                answer.tryComplete(response.result());
              }
            });
    switch (body) {
      case CallBody.None none -> {
        if (hasLength(opened.getMethod())) {
          opened.putHeader("content-length", "0");
        }
        opened.end();
      }
      case CallBody.Whole whole -> opened.end(whole.data());
      case CallBody.Incoming incoming -> {
        BodyPump started = new BodyPump(incoming, opened, this::broken);
        pump = started;
        started.start();
      }
    }
    return answer.future();
  }

  /** Go announces an empty body where a body is usual. */
  private static boolean hasLength(HttpMethod method) {
    return method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH;
  }

  private void broken(Throwable cause) {
    answer.tryFail(cause);
    cancel();
  }

  /** Gives a request back that is not sent. */
  void refuse(HttpClientRequest unsent) {
    cancelled = true;
    unsent.reset(CANCEL);
  }

  /** The answer was read: a body that still comes in has nowhere to go. */
  void finished() {
    BodyPump running = pump;
    if (running != null && !running.over()) {
      cancel();
    }
  }

  /** The call is over before its natural end: the caller is gone, or its body was refused. */
  void cancel() {
    cancelled = true;
    BodyPump running = pump;
    if (running != null) {
      running.stop();
    }
    HttpClientRequest opened = request;
    if (opened != null) {
      opened.reset(CANCEL);
    }
  }
}
