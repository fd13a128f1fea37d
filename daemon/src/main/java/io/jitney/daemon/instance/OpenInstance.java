package io.jitney.daemon.instance;

import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.subscription.AppSubscriptions;
import io.jitney.daemon.telemetry.InstanceLog;
import io.jitney.tenancy.Instance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** An opened instance and everything that must be given back when it closes. */
public final class OpenInstance {
  private static final String SCOPE = "dapr.runtime";

  /** For what is closed without grace: a component that hangs must not hold the rest. */
  private static final long ABORT_SECONDS = 5;

  private final Node node;
  private final AppInstance instance;
  private final Instance<AppInstance> entry;
  private final InstanceListeners listeners;
  private final long openedAt = System.nanoTime();
  private final List<Supplier<Future<Void>>> closers = new ArrayList<>();
  private final AtomicBoolean released = new AtomicBoolean();
  private Supplier<Future<Void>> appThere = Future::succeededFuture;
  private Supplier<Future<Void>> beforeCut = Future::succeededFuture;
  private volatile Future<Void> release = Future.succeededFuture();

  OpenInstance(
      Node node, AppInstance instance, Instance<AppInstance> entry, InstanceListeners listeners) {
    this.node = node;
    this.instance = instance;
    this.entry = entry;
    this.listeners = listeners;
  }

  public AppInstance instance() {
    return instance;
  }

  /**
   * Adds what is to be closed with the instance, after the listeners; in parallel with the others.
   */
  public synchronized void onClose(Supplier<Future<Void>> closer) {
    closers.add(closer);
  }

  /**
   * What is to be done once the app's port answers, or at once without an app; the instance is not
   * ready before it completes.
   */
  void onAppThere(Supplier<Future<Void>> step) {
    appThere = step;
  }

  /** What must have happened, within seconds, before components are closed without grace. */
  void beforeCut(Supplier<Future<Void>> step) {
    beforeCut = step;
  }

  /**
   * Waits until the app's port answers, however long, and makes the instance ready. Blocks; for
   * virtual threads.
   */
  public void awaitApp() throws InterruptedException {
    InstanceSettings.AppEndpoint app = instance.settings().app();
    if (app != null) {
      AppPortWait.await(app, instance.log());
      if (app.maxConcurrency() > 0) {
        instance.log().info(SCOPE, "app max concurrency set to " + app.maxConcurrency());
      }
    }
    try {
      appThere.get().toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException failure) {
      instance.log().warn(SCOPE, "asking the app failed: " + failure.getCause());
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedAt);
    instance.log().info(SCOPE, "dapr initialized. Status: Running. Init Elapsed " + millis + "ms");
    instance.health().ready("runtime");
  }

  /**
   * Graceful close: running calls get to end, gRPC ones without limit and then the rest within
   * {@code --dapr-graceful-shutdown-seconds}.
   *
   * @return false when the time was over and everything was cut off. Never fails.
   */
  public Future<Boolean> close() {
    AppSubscriptions subscriptions = instance.subscriptionsIfAny();
    if (subscriptions != null) {
      subscriptions.endStreams();
    }
    return closeAfterStreams();
  }

  /** As {@link #close}, but streams of events go on until their clients end them. */
  public Future<Boolean> closeAfterStreams() {
    entry.lifeCycle().tryDraining();
    instance.health().notReady("grpc-api-server");
    return listeners.closeGrpc().compose(done -> closeRest());
  }

  private Future<Boolean> closeRest() {
    instance.log().info(SCOPE, "Dapr is shutting down");
    Promise<Boolean> ended = Promise.promise();
    int seconds = instance.settings().gracefulShutdownSeconds();
    long timer =
        seconds <= 0
            ? -1
            : node.vertx()
                .setTimer(
                    TimeUnit.SECONDS.toMillis(seconds),
                    late -> abort().onComplete(cut -> ended.tryComplete(false)));
    Future<Void> last = instance.calls().idle(node.loops()).compose(idle -> release(true));
    Future.join(listeners.closeHttp(), last)
        .onComplete(
            done -> {
              node.vertx().cancelTimer(timer);
              entry.close();
              if (!ended.future().isComplete()) {
                instance.log().info(SCOPE, "Dapr runtime stopped");
                ended.tryComplete(true);
              }
            });
    return ended.future();
  }

  /**
   * Closes at once, also while {@link #close} still waits: running calls are cut off. Never fails.
   */
  public Future<Void> abort() {
    entry.lifeCycle().tryDraining();
    return Future.join(listeners.abort(), release(false))
        .timeout(ABORT_SECONDS, TimeUnit.SECONDS)
        .transform(
            done -> {
              entry.close();
              return Future.succeededFuture();
            });
  }

  /**
   * Gives back what is not a listener, once; deliveries to the app get to end before, if there is
   * time. Never fails.
   */
  private Future<Void> release(boolean drain) {
    Future<Void> drained = instance.life().end();
    return (drain ? drained : beforeCut.get()).compose(done -> closeAll());
  }

  private synchronized Future<Void> closeAll() {
    if (released.compareAndSet(false, true)) {
      List<Future<Void>> closing = new ArrayList<>();
      AppChannel channel = instance.channel();
      if (channel != null) {
        closing.add(channel.close());
      }
      closers.forEach(closer -> closing.add(closer.get()));
      release = Future.join(closing).transform(this::released);
    }
    return release;
  }

  private Future<Void> released(io.vertx.core.AsyncResult<?> done) {
    if (done.failed()) {
      instance.log().log(
          InstanceLog.Level.ERROR, SCOPE, "Error closing: " + done.cause().getMessage());
    }
    return Future.succeededFuture();
  }
}
