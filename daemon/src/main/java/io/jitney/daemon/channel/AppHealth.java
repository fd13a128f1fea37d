package io.jitney.daemon.channel;

import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * App health checks of one instance: probes the app at an interval, one probe at a time. The app
 * counts as unhealthy until its first good answer, and again after a number of bad ones in a row;
 * one good answer makes it healthy.
 *
 * <p>daprd does not forget a bad answer when a good one follows while the app is healthy, so three
 * scattered over a week make it unhealthy for a moment; its documentation says "consecutive", and
 * that is what happens here.
 *
 * <p>Threads: probes run on the event loop given; {@link #healthy} from any.
 */
public final class AppHealth {
  private final Vertx vertx;
  private final Context loop;
  private final AppHealthSettings settings;
  private final Supplier<Future<Boolean>> probe;
  private volatile boolean healthy;
  private volatile boolean closed;

  // Touched on the loop only.
  private int failures;
  private Consumer<Boolean> changed = none -> {};

  /**
   * @param probe asks the app once: true for a good answer; a failed future counts as a bad one
   */
  AppHealth(
      Vertx vertx, Context loop, AppHealthSettings settings, Supplier<Future<Boolean>> probe) {
    this.vertx = vertx;
    this.loop = loop;
    this.settings = settings;
    this.probe = probe;
  }

  public boolean healthy() {
    return healthy;
  }

  /**
   * Begins with a probe at once.
   *
   * @param whenChanged told of each change, on the loop
   */
  void start(Consumer<Boolean> whenChanged) {
    loop.runOnContext(
        run -> {
          changed = whenChanged;
          ask();
        });
  }

  /** No further probe begins. */
  void close() {
    closed = true;
  }

  private void ask() {
    if (closed) {
      return;
    }
    long began = System.nanoTime();
    Future<Boolean> answer;
    try {
      answer = probe.get().timeout(settings.timeoutMillis(), TimeUnit.MILLISECONDS);
    } catch (RuntimeException failure) {
      answer = Future.failedFuture(failure);
    }
    answer.onComplete(
        done -> loop.runOnContext(run -> answered(done.succeeded() && done.result(), began)));
  }

  private void answered(boolean good, long began) {
    if (closed) {
      return;
    }
    if (good) {
      failures = 0;
      change(true);
    } else if (healthy && ++failures >= settings.threshold()) {
      change(false);
    }
    long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    vertx.setTimer(Math.max(1, settings.intervalMillis() - spent), next -> ask());
  }

  private void change(boolean to) {
    if (healthy != to) {
      healthy = to;
      failures = 0;
      changed.accept(to);
    }
  }
}
