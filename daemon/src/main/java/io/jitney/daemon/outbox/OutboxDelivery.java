package io.jitney.daemon.outbox;

import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoValue;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.PublishApi;
import io.jitney.daemon.pubsub.PublishFailure;
import io.jitney.daemon.state.StateBinding;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of one event from the internal topic to its own: waits until its transaction has taken
 * place, publishes it, and deletes the marker. Of a transaction of this instance the end is known;
 * of another replica's the marker in the store tells, for which it waits as daprd does.
 *
 * <p>Threads: any.
 */
final class OutboxDelivery {
  /**
   * How long it waits, in milliseconds.
   *
   * @param firstLook before the marker is looked for: most transactions are over by then
   * @param pause between two attempts; longer each time
   * @param longestPause until patience is over
   * @param patience after that an event without a marker is given up, where the component says so
   * @param slowPause between attempts when patience is over
   */
  record Times(long firstLook, long pause, long longestPause, long patience, long slowPause) {
    static final Times DAPRS = new Times(1_000, 500, 3_000, 10_000, 30_000);
  }

  private static final int PAUSE_FACTOR = 3;

  private final Vertx vertx;
  private final AppInstance instance;
  private final StateBinding store;
  private final OutboxSettings settings;
  private final Times times;
  private final BooleanSupplier ended;
  private final PublishApi publisher = new PublishApi();
  private final Promise<Void> promise = Promise.promise();

  /**
   * @param ended the subscription was cancelled: nothing more is to be done
   */
  OutboxDelivery(
      Vertx vertx,
      AppInstance instance,
      StateBinding store,
      OutboxSettings settings,
      Times times,
      BooleanSupplier ended) {
    this.vertx = vertx;
    this.instance = instance;
    this.store = store;
    this.settings = settings;
    this.times = times;
    this.ended = ended;
  }

  /**
   * @return succeeds when the event is done with; never completes when the subscription ends before
   */
  Future<Void> deliver(Buffer data) {
    GoValue.Members event;
    try {
      event = OutboxEvent.read(data);
    } catch (GoJsonException unreadable) {
      return Future.failedFuture("outbox: not a CloudEvent: " + unreadable.getMessage());
    }
    String marker = OutboxEvent.id(event);
    if (marker.isEmpty()) {
      return Future.failedFuture("outbox: an event without id");
    }
    Future<Outbox.Outcome> known = instance.outbox().outcome(marker);
    if (known == null) {
      later(times.firstLook(), () -> look(event, marker, 0, times.pause()));
    } else {
      known.onSuccess(outcome -> settled(event, marker, outcome));
    }
    return promise.future();
  }

  private void settled(GoValue.Members event, String marker, Outbox.Outcome outcome) {
    switch (outcome) {
      case DONE -> publish(event, marker, times.pause());
      case FAILED -> done(marker);
      case UNKNOWN -> look(event, marker, 0, times.pause());
    }
  }

  private void done(String marker) {
    instance.outbox().forget(marker);
    promise.tryComplete();
  }

  private void later(long millis, Runnable work) {
    vertx.setTimer(
        millis,
        timer -> {
          if (!ended.getAsBoolean()) {
            work.run();
          }
        });
  }

  private CallContext context(String component) {
    return instance.callContext(null).on(instance.account().component(component));
  }

  /** A call of the store, as part of its tenant's usage. */
  private <T extends @Nullable Object> Future<T> counted(Function<CallContext, Future<T>> call) {
    long start = System.nanoTime();
    return call.apply(context(store.name()))
        .onComplete(done -> instance.account().usage().store(System.nanoTime() - start));
  }

  /** Asks the store for the marker, until it is there. */
  private void look(GoValue.Members event, String marker, long waited, long pause) {
    counted(context -> store.store().get(context, new GetRequest(marker, "", Map.of())))
        .onComplete(
            found -> {
              Buffer mark = found.succeeded() ? found.result().data() : null;
              if (mark != null && mark.length() > 0) {
                publish(event, marker, times.pause());
              } else if (waited < times.patience()) {
                long next = Math.min(pause * PAUSE_FACTOR, times.longestPause());
                later(pause, () -> look(event, marker, waited + pause, next));
              } else if (settings.discard() && found.succeeded()) {
                log("the state of event " + marker + " is missing; discarded", null);
                done(marker);
              } else {
                later(times.slowPause(), () -> look(event, marker, waited, pause));
              }
            });
  }

  private void publish(GoValue.Members event, String marker, long pause) {
    if (ended.getAsBoolean()) {
      return;
    }
    PublishRequest request =
        new PublishRequest(
            OutboxEvent.addressed(event, settings.publishPubSub(), settings.publishTopic()),
            settings.publishTopic(),
            Map.of(),
            false);
    publisher
        .publish(instance, context(settings.publishPubSub()), settings.publishPubSub(), request)
        .onComplete(
            published -> {
              if (published.succeeded()) {
                done(marker);
                unmark(marker, 0, times.pause());
              } else if (published.cause() instanceof PublishFailure.Forbidden) {
                promise.tryFail(published.cause());
              } else {
                log("event " + marker + " could not be published", published.cause());
                long next = Math.min(pause * PAUSE_FACTOR, times.slowPause());
                later(pause, () -> publish(event, marker, next));
              }
            });
  }

  private void unmark(String marker, long waited, long pause) {
    counted(
            context ->
                store
                    .store()
                    .delete(context, new DeleteRequest(marker, null, Map.of(), StateOptions.NONE)))
        .onFailure(
            failure -> {
              if (waited < times.patience()) {
                long next = Math.min(pause * PAUSE_FACTOR, times.longestPause());
                vertx.setTimer(pause, timer -> unmark(marker, waited + pause, next));
              } else {
                log("marker " + marker + " could not be deleted", failure);
              }
            });
  }

  private void log(String message, @Nullable Throwable cause) {
    instance
        .log()
        .warn(OutboxRelay.SCOPE, cause == null ? message : message + ": " + cause.getMessage());
  }
}
