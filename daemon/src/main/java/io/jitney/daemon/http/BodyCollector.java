package io.jitney.daemon.http;

import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.isolation.BodyPace;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a limit. The common case, one chunk, is passed on without a copy. What comes
 * after the limit is read and dropped (up to {@value #DRAIN} bytes, as Go's server does), so that
 * the client gets to read the answer.
 */
public final class BodyCollector {
  private static final long DRAIN = 256 * 1024;

  private final HttpServerRequest request;
  private final long limit;
  private final Promise<Buffer> promise;
  private @Nullable Buffer first;
  private @Nullable Buffer all;
  private @Nullable BodyPace pace;
  private long seen;

  /**
   * The whole body of a paused request; call on its event loop.
   *
   * @param limit bytes; 0 or less: none
   * @return fails with {@link BodyTooLargeException} beyond the limit, or with what broke the
   *     connection
   */
  public static Future<Buffer> collect(HttpServerRequest request, long limit) {
    Promise<Buffer> promise = Promise.promise();
    new BodyCollector(request, limit, promise).start();
    return promise.future();
  }

  private BodyCollector(HttpServerRequest request, long limit, Promise<Buffer> promise) {
    this.request = request;
    this.limit = limit;
    this.promise = promise;
  }

  private void start() {
    ConnectionMeter meter = ConnectionMeter.of(request.connection());
    if (meter == null) {
      request.handler(this::chunk);
      request.endHandler(end -> complete());
    } else {
      request.handler(chunk -> meter.run(() -> chunk(chunk)));
      request.endHandler(end -> meter.run(this::complete));
    }
    request.exceptionHandler(promise::tryFail);
    request.resume();
  }

  private void complete() {
    promise.tryComplete(all != null ? all : first != null ? first : Buffer.buffer());
  }

  private void chunk(Buffer chunk) {
    seen += chunk.length();
    if (limit > 0 && seen > limit) {
      first = null;
      all = null;
      promise.tryFail(new BodyTooLargeException());
      if (seen > limit + DRAIN) {
        request.connection().close();
      }
      return;
    }
    if (first == null) {
      first = chunk;
      return;
    }
    Buffer gathered = all;
    if (gathered == null) {
      gathered =
          Buffer.buffer(Math.max(chunk.length() * 2, first.length() * 4)).appendBuffer(first);
      all = gathered;
    }
    gathered.appendBuffer(chunk);
    BodyPace turns = pace;
    if (turns == null) {
      turns = new BodyPace(request);
      pace = turns;
    }
    turns.passed(chunk.length());
  }
}
