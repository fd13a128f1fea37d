package io.jitney.daemon.memory;

import io.jitney.daemon.connection.ConnectionGuard;
import io.jitney.daemon.connection.LoopSweep;
import io.jitney.daemon.connection.Swept;
import io.jitney.tenancy.connection.ConnectionEnd;
import io.vertx.core.http.HttpServerRequest;

/**
 * Ends an HTTP/2 stream whose client does not take its answer. What waits there is seen by no
 * socket: the client has only to grant no window. On the request's loop.
 */
final class AnswerClock extends Swept {
  private final ConnectionGuard guard;
  private final HttpServerRequest request;
  private final long length;
  private final long since;

  private AnswerClock(ConnectionGuard guard, HttpServerRequest request, long length) {
    this.guard = guard;
    this.request = request;
    this.length = length;
    this.since = guard.sweep().now();
  }

  static AnswerClock start(ConnectionGuard guard, HttpServerRequest request, long length) {
    AnswerClock clock = new AnswerClock(guard, request, length);
    guard.sweep().add(clock);
    return clock;
  }

  void stop() {
    LoopSweep.remove(this);
  }

  @Override
  protected void sweep(long now) {
    boolean pressed = guard.pressed();
    long rate = guard.limits().drainRate(pressed);
    if (rate > 0 && now - since > guard.limits().drainGrace(pressed) + length * 1000 / rate) {
      stop();
      guard.endCall(request, pressed ? ConnectionEnd.MEMORY : ConnectionEnd.DRAIN_RATE);
    }
  }
}
