package io.jitney.daemon.invoke;

import io.jitney.daemon.admission.MeteredRequest;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.isolation.BodyPace;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * Passes the body of an incoming request on as it comes, never faster than the target takes it. A
 * body that fits one chunk goes out in one write with the head.
 */
final class BodyPump {
  private final HttpServerRequest from;
  private final BodyPace pace;
  private final HttpClientRequest to;
  private final long length;
  private final long limit;
  private final Consumer<Throwable> failed;
  private long passed;
  private boolean over;

  /**
   * @param failed told when the body ends early or is too long; the target's request is the
   *     caller's to reset then
   */
  BodyPump(CallBody.Incoming body, HttpClientRequest to, Consumer<Throwable> failed) {
    this.from = body.request();
    this.pace = new BodyPace(from);
    this.to = to;
    this.length = body.length();
    this.limit = body.limit();
    this.failed = failed;
  }

  void start() {
    if (length >= 0) {
      to.putHeader("content-length", Long.toString(length));
    }
    from.handler(this::chunk);
    from.endHandler(end -> end());
    from.exceptionHandler(this::fail);
    from.resume();
  }

  /** Lets go of the target: what still comes in is dropped. */
  void stop() {
    over = true;
  }

  boolean over() {
    return over;
  }

  private void chunk(Buffer chunk) {
    if (over) {
      return;
    }
    passed += chunk.length();
    if (limit > 0 && passed > limit) {
      fail(new BodyTooLargeException());
      return;
    }
    if (passed == length) {
      over = true;
      to.end(chunk);
      return;
    }
    if (passed == chunk.length() && length < 0) {
      to.setChunked(true);
    }
    to.write(chunk);
    MeteredRequest.passed(from, chunk.length());
    if (to.writeQueueFull()) {
      from.pause();
      to.drainHandler(drained -> from.resume());
    } else {
      pace.passed(chunk.length());
    }
  }

  private void end() {
    if (!over) {
      over = true;
      to.end();
    }
  }

  private void fail(Throwable cause) {
    if (!over) {
      over = true;
      failed.accept(cause);
    }
  }
}
