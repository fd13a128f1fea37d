package io.jitney.daemon.grpc;

import io.vertx.core.http.HttpServerRequest;

/**
 * Whether the client of a call still waits for its answer: until the call is over, the client has
 * left, or the time that it has given has passed.
 *
 * <p>Threads: any; {@link #end} on the call's loop.
 */
final class Patience {
  private final long deadlineNanos;
  private volatile boolean over;

  Patience(HttpServerRequest request, long startNanos) {
    this.deadlineNanos = GrpcTimeout.given(request.getHeader("grpc-timeout"), startNanos);
  }

  /** The call is over, however it ended. */
  void end() {
    over = true;
  }

  boolean lasts() {
    return !over && System.nanoTime() - deadlineNanos < 0;
  }

  /** {@link System#nanoTime()} value after which the client does not wait; far off without one. */
  long deadlineNanos() {
    return deadlineNanos;
  }
}
