package io.jitney.components.pubsub;

import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks a broker again and again whether messages wait for an app that is away, until it is
 * cancelled; less often while the broker does not answer. Everything on one event loop.
 */
public final class BacklogLook implements PubSub.Subscription {
  private static final long PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  /** One look that hangs must not be the last. */
  private static final long PATIENCE_SECONDS = 30;

  private final ContextInternal context;
  private final Supplier<Future<Boolean>> look;
  private final Runnable waiting;
  private final ComponentLog log;
  private final String what;
  private boolean cancelled;
  private long timer = -1;
  private int failures;

  /**
   * @param look whether messages wait; called on the loop
   * @param waiting called when they do
   * @param what is looked at, for the log
   */
  public BacklogLook(
      ContextInternal context,
      Supplier<Future<Boolean>> look,
      Runnable waiting,
      ComponentLog log,
      String what) {
    this.context = context;
    this.look = look;
    this.waiting = waiting;
    this.log = log;
    this.what = what;
  }

  /** Begins. */
  public PubSub.Subscription start() {
    context.runOnContext(go -> now());
    return this;
  }

  private void now() {
    if (cancelled) {
      return;
    }
    Future<Boolean> looking;
    try {
      looking = look.get();
    } catch (RuntimeException failure) {
      looking = Future.failedFuture(failure);
    }
    Promise<Boolean> looked = context.promise();
    looking.timeout(PATIENCE_SECONDS, TimeUnit.SECONDS).onComplete(looked);
    looked
        .future()
        .onSuccess(
            some -> {
              failures = 0;
              if (some && !cancelled) {
                waiting.run();
              }
            })
        .onFailure(
            failure -> {
              if (failures++ == 0 && !cancelled) {
                log.warn(
                    "cannot tell whether messages wait in " + what + ": " + failure.getMessage());
              }
            })
        .onComplete(done -> later());
  }

  private void later() {
    if (!cancelled) {
      long pause = Math.min(PAUSE_MILLIS << Math.min(failures, 10), LONGEST_PAUSE_MILLIS);
      timer = context.setTimer(pause, due -> now());
    }
  }

  @Override
  public Future<Void> cancel() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        go -> {
          cancelled = true;
          context.owner().cancelTimer(timer);
          done.complete();
        });
    return done.future();
  }
}
