package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.PubSub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * Before a subscription is closed whose broker can pause: it stops fetching, and what was fetched
 * still gets to the app. Over when nothing was in flight for a while, as in daprd.
 */
final class Quiet {
  private static final long PAUSE_SECONDS = 5;
  private static final long LOOK_MILLIS = 20;
  private static final long QUIET_MILLIS = 100;

  private final Vertx vertx;
  private final InFlight inFlight;
  private final long end;
  private final Promise<Void> quiet = Promise.promise();

  private Quiet(Vertx vertx, InFlight inFlight, long limitSeconds) {
    this.vertx = vertx;
    this.inFlight = inFlight;
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(limitSeconds);
  }

  /** Never fails. A broker that does not pause in time is closed all the same. */
  static Future<Void> of(
      Vertx vertx, PubSub.Pausable broker, InFlight inFlight, long limitSeconds) {
    Quiet quiet = new Quiet(vertx, inFlight, limitSeconds);
    Future<Void> pausing;
    try {
      pausing = broker.pause();
    } catch (RuntimeException failure) {
      pausing = Future.failedFuture(failure);
    }
    pausing
        .timeout(PAUSE_SECONDS, TimeUnit.SECONDS)
        .onComplete(paused -> quiet.look(System.nanoTime()));
    return quiet.quiet.future();
  }

  private void look(long idleSince) {
    long now = System.nanoTime();
    long since = inFlight.isIdle() ? idleSince : now;
    if (now - since >= TimeUnit.MILLISECONDS.toNanos(QUIET_MILLIS) || now - end >= 0) {
      quiet.complete();
      return;
    }
    vertx.setTimer(LOOK_MILLIS, due -> look(since));
  }
}
