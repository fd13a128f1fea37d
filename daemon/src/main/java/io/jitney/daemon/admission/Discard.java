package io.jitney.daemon.admission;

import io.vertx.core.http.HttpServerRequest;

/**
 * Reads what is left of a body nobody wants, so that the connection can be used again; gives up and
 * closes the connection after {@value #LIMIT} bytes, as Go's server does.
 */
public final class Discard {
  private static final long LIMIT = 256 * 1024;

  private Discard() {}

  /** Reads on, and drops; the answer was given or will be. */
  public static void rest(HttpServerRequest request) {
    long[] seen = {0};
    request.handler(
        chunk -> {
          seen[0] += chunk.length();
          if (seen[0] > LIMIT) {
            request.connection().close();
          }
        });
    request.exceptionHandler(gone -> {});
    request.resume();
  }
}
