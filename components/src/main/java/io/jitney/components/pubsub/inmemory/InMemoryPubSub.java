package io.jitney.components.pubsub.inmemory;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bus within one component object, as daprd has one within its process: an app's own
 * subscriptions see what it publishes, nobody else does. A message reaches every subscription whose
 * topic is its own, and those whose topic ends in {@code *} when it is longer and begins alike.
 * Nothing is kept: what nobody subscribes to is gone, and what a handler fails is logged.
 */
public final class InMemoryPubSub implements PubSub {
  private static final Set<PubSubFeature> FEATURES =
      PubSubFeature.set(PubSubFeature.SUBSCRIBE_WILDCARDS);

  private final NodeResources node;
  private final ComponentLog log;
  private final List<InMemorySubscription> subscriptions = new CopyOnWriteArrayList<>();
  private final AtomicInteger nextLoop = new AtomicInteger();
  private volatile boolean closed;

  private InMemoryPubSub(NodeResources node, ComponentLog log) {
    this.node = node;
    this.log = log;
  }

  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    return Future.succeededFuture(new InMemoryPubSub(opening.node(), opening.log()));
  }

  @Override
  public Set<PubSubFeature> features() {
    return FEATURES;
  }

  /** Waits only where so much waits for a subscription already that there is no place for it. */
  @Override
  public Future<Void> publish(CallContext context, PublishRequest request) {
    if (closed) {
      return closedFailure();
    }
    List<Future<Void>> waiting = null;
    for (InMemorySubscription subscription : subscriptions) {
      if (subscription.wants(request.topic())) {
        Future<Void> taken = subscription.offer(request);
        if (!taken.succeeded()) {
          waiting = waiting == null ? new ArrayList<>() : waiting;
          waiting.add(taken);
        }
      }
    }
    return waiting == null ? Future.succeededFuture() : Future.join(waiting).mapEmpty();
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    InMemorySubscription made =
        new InMemorySubscription(
            request.topic(), handler, loop(), log, flow, gone -> subscriptions.remove(gone));
    subscriptions.add(made);
    if (closed) {
      return made.cancel().compose(done -> closedFailure());
    }
    return Future.succeededFuture(made);
  }

  private Context loop() {
    List<Context> loops = node.loops();
    return loops.isEmpty()
        ? node.vertx().getOrCreateContext()
        : loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
  }

  private static <T> Future<T> closedFailure() {
    return Future.failedFuture(ComponentException.Failed.terminal("component is closed"));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List<Future<Void>> ending = new ArrayList<>();
    subscriptions.forEach(subscription -> ending.add(subscription.cancel()));
    return Future.join(ending).mapEmpty();
  }
}
