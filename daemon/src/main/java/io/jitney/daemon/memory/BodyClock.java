package io.jitney.daemon.memory;

import io.jitney.daemon.connection.ConnectionGuard;
import io.jitney.daemon.connection.LoopSweep;
import io.jitney.daemon.connection.Swept;
import io.jitney.tenancy.connection.ConnectionEnd;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request whose gathered body comes too slowly. Stands still while the daemon itself does
 * not read. On the request's loop.
 */
public final class BodyClock extends Swept {
  private final ConnectionGuard guard;
  private final HttpServerRequest request;
  private long since;
  private long seen;
  private long mark;
  private boolean paused;

  private BodyClock(ConnectionGuard guard, HttpServerRequest request) {
    this.guard = guard;
    this.request = request;
    this.since = guard.sweep().now();
  }

  /** Begins; null for a request that came over no connection of a listener. */
  public static @Nullable BodyClock start(HttpServerRequest request) {
    ConnectionGuard guard = ConnectionGuard.of(request);
    if (guard == null) {
      return null;
    }
    BodyClock clock = new BodyClock(guard, request);
    guard.sweep().add(clock);
    return clock;
  }

  /** So many bytes came. */
  public void read(int bytes) {
    seen += bytes;
  }

  /** The daemon does not read for now, or does again. */
  public void paused(boolean now) {
    paused = now;
    since = guard.sweep().now();
    mark = seen;
  }

  /** The body is here, or nobody waits for it any more. */
  public void stop() {
    LoopSweep.remove(this);
  }

  @Override
  protected void sweep(long now) {
    boolean pressed = guard.pressed();
    long rate = guard.limits().bodyRate(pressed);
    long waited = now - since;
    if (paused || rate == 0 || waited < guard.limits().bodyGrace(pressed)) {
      return;
    }
    if (seen - mark < rate * waited / 1000) {
      stop();
      guard.endCall(request, pressed ? ConnectionEnd.MEMORY : ConnectionEnd.BODY_RATE);
      return;
    }
    since = now;
    mark = seen;
  }
}
