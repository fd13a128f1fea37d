package io.jitney.daemon.invoke;

import io.jitney.daemon.http.HttpCall;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Writes an HTTP app's answer to an HTTP caller, piece by piece as it comes, never faster than the
 * caller reads. An answer that fits one piece goes out in one write.
 */
final class AnswerWriter {
  private final HttpServerResponse to;
  private final AppAnswer.Http answer;
  private final boolean streamed;
  private final boolean bodiless;
  private final boolean http1;
  private final Promise<Void> done = Promise.promise();
  private boolean typed;
  private long passed;
  private boolean ended;

  /**
   * @param streamed whether the request was a stream: its error answers are passed on like good
   *     ones
   */
  AnswerWriter(HttpCall call, AppAnswer.Http answer, boolean streamed) {
    this.to = call.response();
    this.answer = answer;
    this.streamed = streamed;
    this.http1 = call.request().version() != HttpVersion.HTTP_2;
    int status = answer.status();
    this.bodiless =
        call.request().method() == HttpMethod.HEAD
            || status == 204
            || status == 304
            || status < 200;
  }

  /** Completes when the answer was passed on; fails when it broke off, or the caller went away. */
  Future<Void> write(boolean eventStream) {
    to.setStatusCode(answer.status());
    MultiMap headers = to.headers();
    ResponseHeaders.httpToHttp(answer.headers(), headers);
    if (eventStream) {
      headers.set("content-type", "text/event-stream");
      headers.set("cache-control", "no-cache");
      if (http1) {
        headers.set("connection", "keep-alive");
      }
    }
    if (answer.status() == 304) {
      headers.remove("content-type");
    }
    typed = headers.contains("content-type");
    if (!typed && !answer.success() && !streamed) {
      headers.set("content-type", "application/json");
      typed = true;
    }
    answer.body().handler(this::chunk);
    answer.body().endHandler(end -> end());
    answer.body().exceptionHandler(done::tryFail);
    answer.body().resume();
    return done.future();
  }

  private void chunk(Buffer chunk) {
    if (bodiless || ended || to.closed()) {
      return;
    }
    if (!typed) {
      typed = true;
      to.headers().set("content-type", ContentSniffer.typeOf(chunk));
    }
    passed += chunk.length();
    if (passed == answer.length() && !to.headWritten()) {
      ended = true; // all there is: one write, with its length
      finish(to.end(chunk));
      return;
    }
    if (!to.headWritten()) {
      if (!answer.success() && !streamed && answer.length() >= 0) {
        to.headers().set("content-length", Long.toString(answer.length()));
      } else {
        to.setChunked(true);
      }
    }
    to.write(chunk);
    if (to.writeQueueFull()) {
      answer.body().pause();
      to.drainHandler(drained -> answer.body().resume());
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (to.closed()) {
      done.tryFail(new CallerGoneException());
    } else {
      finish(to.end());
    }
  }

  private void finish(Future<Void> written) {
    answer.exchange().finished();
    done.tryComplete();
    written.onFailure(gone -> {});
  }
}
