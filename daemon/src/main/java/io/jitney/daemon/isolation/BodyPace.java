package io.jitney.daemon.isolation;

import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Lets a body that comes in pause while others wait for the event loop: its next part is read when
 * its tenant's turn comes. On the request's loop.
 */
public final class BodyPace {
  /** About what one read of a connection brings. */
  private static final int STEP = 64 * 1024;

  private static final long WAIT_NANOS = 60_000_000_000L;

  private final @Nullable ConnectionMeter meter;
  private final Runnable pause;
  private final Runnable resume;
  private int passed;
  private boolean waiting;

  public BodyPace(HttpServerRequest request) {
    this(request, request::pause, request::resume);
  }

  /**
   * Of a request that is held back for other reasons, too.
   *
   * @param pause stops reading
   * @param resume goes on, if nothing else speaks against it
   */
  public BodyPace(HttpServerRequest request, Runnable pause, Runnable resume) {
    this.meter = ConnectionMeter.of(request.connection());
    this.pause = pause;
    this.resume = resume;
  }

  /** So many bytes have come; may pause the request for a while. */
  public void passed(int bytes) {
    passed += bytes;
    if (meter == null || waiting || passed < STEP || !meter.gate().isContended()) {
      return;
    }
    passed = 0;
    waiting = true;
    pause.run();
    RequestTurn.readOn(meter.gate(), meter.account(), System.nanoTime() + WAIT_NANOS, this::goOn);
  }

  private void goOn() {
    waiting = false;
    resume.run();
  }
}
