package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSub.BulkSubscriber;
import io.jitney.components.pubsub.PubSub.Subscription;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.subscription.TopicSubscription.Bulk;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One subscription at the broker: begins, again and again if need be, and ends without a word about
 * what it could not finish. Has neither thread nor timer while nothing happens.
 *
 * <p>Threads: any.
 */
final class ActiveSubscription {
  private static final String LOG = "dapr.runtime.processor.subscription";
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final double FACTOR = 1.5;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;

  /** Deliveries that run may end for so long. */
  private static final long DRAIN_SECONDS = 30;

  /** Acknowledgements get to the broker in this time. */
  private static final long ACK_MILLIS = 400;

  /** The topic is not the app's to hear: no use in trying again. */
  static final class NotAllowed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotAllowed(String message) {
      super(message, null, false, false);
    }
  }

  private final Vertx vertx;
  private final DeliveryScope scope;
  private final PubSub.MessageHandler handler;
  private final PubSub.@Nullable BulkMessageHandler bulkHandler;
  private final @Nullable Batcher batcher;

  // Guarded by this.
  private @Nullable Subscription subscription;
  private boolean ended;
  private long timer = -1;
  private @Nullable Future<Void> stopping;

  private ActiveSubscription(
      Vertx vertx,
      DeliveryScope scope,
      PubSub.MessageHandler handler,
      PubSub.@Nullable BulkMessageHandler bulkHandler) {
    this.vertx = vertx;
    this.scope = scope;
    this.handler = handler;
    this.bulkHandler = bulkHandler;
    this.batcher = handler instanceof Batcher made ? made : null;
  }

  /** Messages one by one. */
  static ActiveSubscription single(Vertx vertx, DeliveryScope scope, EventTarget target) {
    return new ActiveSubscription(vertx, scope, new SingleDelivery(scope, target), null);
  }

  /** Messages by batches, made by the component if it does that. */
  static ActiveSubscription bulk(
      Vertx vertx, DeliveryScope scope, BulkTarget target, boolean whole, Bulk bulk) {
    BulkDelivery delivery = new BulkDelivery(scope, target, whole);
    Batcher batcher = new Batcher(vertx, delivery, bulk.maxMessages(), bulk.maxAwaitMillis());
    return new ActiveSubscription(vertx, scope, batcher, delivery);
  }

  TopicSubscription wanted() {
    return scope.wanted();
  }

  String component() {
    return scope.pubSub().name();
  }

  InFlight inFlight() {
    return scope.inFlight();
  }

  /** One attempt; fails with {@link NotAllowed}, or as the broker does. */
  Future<Void> subscribe() {
    TopicSubscription wanted = scope.wanted();
    if (!scope.pubSub().scopes().maySubscribe(wanted.topic())) {
      return Future.failedFuture(
          new NotAllowed(SubscribeErrors.notAllowed(wanted.pubsub(), wanted.topic())));
    }
    PubSub broker = scope.pubSub().component();
    Account account = scope.instance().account().component(wanted.pubsub());
    SubscribeRequest request =
        new SubscribeRequest(scope.pubSub().brokerTopic(wanted.topic()), wanted.metadata());
    Bulk bulk = wanted.bulk();
    Future<Subscription> subscribing;
    try {
      subscribing =
          bulkHandler != null && bulk != null && broker instanceof BulkSubscriber batches
              ? batches.bulkSubscribe(
                  account,
                  request,
                  Math.max(0, bulk.maxMessages()),
                  Math.max(0, bulk.maxAwaitMillis()),
                  bulkHandler)
              : broker.subscribe(account, request, handler);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
    return subscribing.compose(this::subscribed);
  }

  private Future<Void> subscribed(Subscription made) {
    synchronized (this) {
      if (!ended) {
        subscription = made;
        return Future.succeededFuture();
      }
    }
    return made.cancel();
  }

  /**
   * Begins, and tries again for as long as it takes when that fails.
   *
   * @return completes after the first attempt. Never fails
   */
  Future<Void> begin() {
    return begin(FIRST_PAUSE_MILLIS);
  }

  private Future<Void> begin(long pause) {
    synchronized (this) {
      if (ended) {
        return Future.succeededFuture();
      }
    }
    return subscribe()
        .recover(
            failure -> {
              TopicSubscription wanted = scope.wanted();
              scope
                  .instance()
                  .log()
                  .error(
                      LOG,
                      "error occurred while beginning pubsub subscription for topic "
                          + wanted.topic()
                          + " on component "
                          + wanted.pubsub()
                          + ": "
                          + failure.getMessage());
              if (!(failure instanceof NotAllowed)) {
                again(pause);
              }
              return Future.succeededFuture();
            });
  }

  private synchronized void again(long pause) {
    if (ended) {
      return;
    }
    double jitter = 0.5 + ThreadLocalRandom.current().nextDouble();
    timer =
        vertx.setTimer(
            Math.max(1, (long) (pause * jitter)),
            late -> {
              synchronized (this) {
                timer = -1;
                if (ended) {
                  return;
                }
              }
              begin(Math.min(LONGEST_PAUSE_MILLIS, (long) (pause * FACTOR)));
            });
  }

  /**
   * Takes no more messages, lets those that are handled end, and leaves the broker. Never fails.
   *
   * @param pausing whether a broker that can pause does so first, with all its subscriptions
   */
  synchronized Future<Void> stop(boolean pausing) {
    Future<Void> known = stopping;
    if (known != null) {
      return known;
    }
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
    if (batcher != null) {
      batcher.flush();
    }
    Future<Void> ready =
        pausing && scope.pubSub().component() instanceof PubSub.Pausable broker
            ? Quiet.of(vertx, broker, scope.inFlight(), DRAIN_SECONDS)
            : Future.succeededFuture();
    Future<Void> made =
        ready
            .compose(quiet -> scope.inFlight().close())
            .timeout(DRAIN_SECONDS, TimeUnit.SECONDS)
            .otherwise(false)
            .compose(had -> had ? acknowledged() : Future.succeededFuture())
            .compose(done -> leave());
    stopping = made;
    return made;
  }

  private Future<Void> acknowledged() {
    Promise<Void> promise = Promise.promise();
    vertx.setTimer(ACK_MILLIS, late -> promise.complete());
    return promise.future();
  }

  /** Ends it at once: nobody is there any more who could answer. Never fails. */
  Future<Void> cut() {
    scope.inFlight().close();
    return leave();
  }

  private Future<Void> leave() {
    scope.inFlight().cut();
    Subscription leaving;
    synchronized (this) {
      ended = true;
      leaving = subscription;
      subscription = null;
    }
    return leaving == null
        ? Future.succeededFuture()
        : leaving
            .cancel()
            .recover(
                failure -> {
                  scope.log("unsubscribing failed: " + failure.getMessage());
                  return Future.succeededFuture();
                });
  }

  @Override
  public String toString() {
    return "ActiveSubscription[" + scope.wanted() + "]";
  }
}
