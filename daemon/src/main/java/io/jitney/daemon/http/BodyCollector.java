package io.jitney.daemon.http;

import io.jitney.daemon.error.BodyTooLargeException;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body up to a limit. The common case, one chunk, is passed on without a copy. What comes after the limit is
 * read and dropped (up to {@value #DRAIN} bytes, as Go's server does), so that the client gets to read the answer.
 */
final class BodyCollector {
  private static final long DRAIN = 256 * 1024;

  private final HttpServerRequest request;
  private final long limit;
  private final Promise<Buffer> promise;
  private @Nullable Buffer first;
  private @Nullable Buffer all;
  private long seen;

  BodyCollector(HttpServerRequest request, long limit, Promise<Buffer> promise) {
    this.request = request;
    this.limit = limit;
    this.promise = promise;
  }

  void start() {
    request.handler(this::chunk);
    request.endHandler(done -> promise.tryComplete(all != null ? all : first != null ? first : Buffer.buffer()));
    request.exceptionHandler(promise::tryFail);
    request.resume();
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
      gathered = Buffer.buffer(Math.max(chunk.length() * 2, first.length() * 4)).appendBuffer(first);
      all = gathered;
    }
    gathered.appendBuffer(chunk);
  }
}
