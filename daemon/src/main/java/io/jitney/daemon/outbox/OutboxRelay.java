package io.jitney.daemon.outbox;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.daemon.channel.AppLife;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PubSubChanges;
import io.jitney.daemon.state.StateBinding;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Listens to the internal topics of an instance's outboxes, while the app may be called, and hands
 * each event to an {@link OutboxDelivery}. What can not be subscribed to now is tried again.
 * Threads: any.
 */
public final class OutboxRelay implements AppLife.Part, PubSubChanges {
  static final String SCOPE = "dapr.runtime.outbox";

  private static final long RETRY_MILLIS = 5_000;

  private final Vertx vertx;
  private final AppInstance instance;

  // Guarded by this.
  private final Map<String, Listening> listening = new HashMap<>();
  private boolean active;
  private long retry = -1;

  /** One outbox that is listened to. */
  private static final class Listening {
    final StateBinding store;
    final OpenPubSub pubSub;
    volatile boolean ended;
    PubSub.Subscription subscription = () -> Future.succeededFuture();

    Listening(StateBinding store, OpenPubSub pubSub) {
      this.store = store;
      this.pubSub = pubSub;
    }
  }

  public OutboxRelay(Vertx vertx, AppInstance instance) {
    this.vertx = vertx;
    this.instance = instance;
  }

  /** Takes its part in the life of the instance. */
  public void join() {
    instance.life().add(this);
    instance.components().pubSubChanges(this);
    instance.outbox().onPublish(this::sync);
  }

  @Override
  public Future<Void> begin() {
    synchronized (this) {
      active = true;
    }
    sync();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> stop() {
    List<Listening> ending;
    synchronized (this) {
      active = false;
      ending = List.copyOf(listening.values());
      listening.clear();
    }
    return end(ending);
  }

  @Override
  public void opened(OpenPubSub pubSub) {
    sync();
  }

  @Override
  public Future<Void> closing(OpenPubSub pubSub) {
    List<Listening> ending = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Listening> all = listening.values().iterator(); all.hasNext(); ) {
        Listening one = all.next();
        if (one.pubSub == pubSub) {
          all.remove();
          ending.add(one);
        }
      }
    }
    return end(ending);
  }

  private static Future<Void> end(List<Listening> ending) {
    List<Future<Void>> ended = new ArrayList<>();
    for (Listening one : ending) {
      one.ended = true; // what waits in its handlers goes back to the broker
      synchronized (one) {
        ended.add(one.subscription.cancel());
      }
    }
    return Future.join(ended).mapEmpty();
  }

  /** Makes what is listened to equal to what there is. */
  private void sync() {
    List<Listening> begun = new ArrayList<>();
    List<Listening> ending = new ArrayList<>();
    synchronized (this) {
      if (!active) {
        return;
      }
      for (Iterator<Listening> all = listening.values().iterator(); all.hasNext(); ) {
        Listening one = all.next();
        StateBinding now = instance.components().state(one.store.name());
        if (now != one.store) {
          all.remove();
          ending.add(one);
        }
      }
      for (StateBinding store : instance.components().states().values()) {
        OutboxSettings settings = store.outbox();
        if (settings == null || listening.containsKey(store.name())) {
          continue;
        }
        OpenPubSub pubSub = instance.components().pubSub(settings.pubSub());
        if (pubSub == null) {
          continue; // publishing says so, and when it comes it is listened to
        }
        Listening one = new Listening(store, pubSub);
        listening.put(store.name(), one);
        begun.add(one);
      }
    }
    end(ending);
    begun.forEach(this::subscribe);
  }

  private void subscribe(Listening one) {
    OutboxSettings settings = Objects.requireNonNull(one.store.outbox());
    String topic =
        settings.internalTopic(instance.settings().identityNamespace(), instance.appId());
    Future<PubSub.Subscription> subscribing;
    try {
      subscribing =
          one.pubSub
              .component()
              .subscribe(
                  instance.account().component(one.pubSub.name()),
                  new SubscribeRequest(one.pubSub.brokerTopic(topic), Map.of()),
                  message -> handle(one, settings, message));
    } catch (RuntimeException failure) {
      subscribing = Future.failedFuture(failure);
    }
    subscribing.onComplete(
        done -> {
          if (done.failed()) {
            failed(one, topic, done.cause());
            return;
          }
          synchronized (one) {
            one.subscription = done.result();
          }
          if (one.ended) {
            done.result().cancel();
          }
        });
  }

  private void failed(Listening one, String topic, Throwable cause) {
    instance
        .log()
        .warn(
            SCOPE,
            "Failed to subscribe to outbox topic %s of pubsub %s: %s"
                .formatted(topic, one.pubSub.name(), cause.getMessage()));
    synchronized (this) {
      listening.remove(one.store.name(), one);
      if (active && retry < 0) {
        retry =
            vertx.setTimer(
                RETRY_MILLIS,
                timer -> {
                  synchronized (this) {
                    retry = -1;
                  }
                  sync();
                });
      }
    }
  }

  private Future<Void> handle(Listening one, OutboxSettings settings, Message message) {
    return new OutboxDelivery(
            vertx, instance, one.store, settings, OutboxDelivery.Times.DAPRS, () -> one.ended)
        .deliver(message.data());
  }
}
