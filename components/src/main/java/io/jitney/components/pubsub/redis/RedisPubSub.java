package io.jitney.components.pubsub.redis;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.pubsub.BacklogLook;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.redis.RedisFailure;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.redis.RedisSettings;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * {@code pubsub.redis} on a {@link RedisPool} shared with every opening that has equal connection
 * settings. Group, places and what is held are the opening's own.
 */
public final class RedisPubSub implements PubSub.Keeper {
  private static final long PATIENCE_SECONDS = 60;
  private static final long DRAIN_MILLIS = 2_000;

  private final SharedPools.Lease<RedisPool> lease;
  private final StreamCommands commands;
  private final StreamSubscription.Parts parts;
  private final Set<StreamSubscription> subscriptions = ConcurrentHashMap.newKeySet();

  private RedisPubSub(
      SharedPools.Lease<RedisPool> lease, StreamSettings settings, ComponentOpening opening) {
    this.lease = lease;
    commands = new StreamCommands(settings);
    parts =
        new StreamSubscription.Parts(
            opening.node().nearLoop(),
            lease.client(),
            settings,
            commands,
            new Workers(settings.concurrency()),
            opening.log());
  }

  /** The factory. */
  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    RedisSettings connection;
    StreamSettings settings;
    try {
      connection = RedisSettings.forPlain(spec.metadata());
      settings = StreamSettings.of(spec.metadata());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    if (settings.maxLength() > 0 && settings.maxAge().isPositive()) {
      opening.log().warn("redis streams: streamTTL is ignored when maxLenApprox is set");
    }
    SharedPools.Lease<RedisPool> lease = RedisPool.borrow(opening.node(), connection);
    CallContext call =
        new CallContext(System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), null);
    return lease
        .client()
        .call(call, StreamCommands.ping())
        .transform(
            pong -> {
              if (pong.succeeded()) {
                return Future.<PubSub>succeededFuture(new RedisPubSub(lease, settings, opening));
              }
              String problem =
                  "redis streams: error connecting to redis at "
                      + connection.host()
                      + ": "
                      + pong.cause().getMessage();
              return lease
                  .release()
                  .transform(
                      released ->
                          Future.<PubSub>failedFuture(new ComponentException.Failed(problem)));
            });
  }

  @Override
  public Set<PubSubFeature> features() {
    return Set.of();
  }

  @Override
  public Future<Void> publish(CallContext context, PublishRequest request) {
    return lease
        .client()
        .call(context, commands.add(request))
        .<Void>mapEmpty()
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof RedisFailure reply && reply.isRefusal()
                        ? new ComponentException.Overloaded(String.valueOf(reply.getMessage()))
                        : new ComponentException.Failed(
                            "redis streams: error from publish: " + failure.getMessage())));
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    StreamSubscription subscription = new StreamSubscription(parts, flow, request.topic(), handler);
    subscriptions.add(subscription);
    return subscription
        .createGroup()
        .transform(
            made -> {
              if (made.succeeded()) {
                parts.context().runOnContext(go -> subscription.start());
                return Future.<Subscription>succeededFuture(new Cancelling(subscription));
              }
              String message = String.valueOf(made.cause().getMessage());
              parts.log().error("redis streams: " + message);
              return end(subscription)
                  .transform(
                      ended ->
                          Future.<Subscription>failedFuture(
                              new ComponentException.Failed(message)));
            });
  }

  @Override
  public Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting) {
    GroupLook group = new GroupLook(parts, flow, request.topic());
    BacklogLook look =
        new BacklogLook(
            parts.context(), group::waits, waiting, parts.log(), "stream " + request.topic());
    return group
        .create()
        .<Subscription>map(made -> look.start())
        .recover(
            failure ->
                Future.failedFuture(
                    new ComponentException.Failed("redis streams: " + failure.getMessage())));
  }

  private Future<Void> end(StreamSubscription subscription) {
    return subscription
        .cancel()
        .onComplete(
            done -> subscription.drain().onComplete(told -> subscriptions.remove(subscription)));
  }

  private final class Cancelling implements Subscription {
    private final StreamSubscription subscription;

    Cancelling(StreamSubscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public Future<Void> cancel() {
      return end(subscription);
    }
  }

  @Override
  public Future<Void> close() {
    List<Future<Void>> ends = new ArrayList<>();
    for (StreamSubscription subscription : subscriptions) {
      ends.add(
          subscription
              .cancel()
              .compose(cancelled -> subscription.drain())
              .timeout(DRAIN_MILLIS, TimeUnit.MILLISECONDS));
    }
    return Future.join(ends).transform(ended -> lease.release());
  }
}
