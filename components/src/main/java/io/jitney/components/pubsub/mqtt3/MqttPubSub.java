package io.jitney.components.pubsub.mqtt3;

import io.jitney.components.mqtt.MqttAddress;
import io.jitney.components.mqtt.MqttSession;
import io.jitney.components.mqtt.TopicFilter;
import io.jitney.components.pubsub.BacklogLook;
import io.jitney.components.pubsub.Message;
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
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code pubsub.mqtt3}. All books are kept on the session's event loop. */
public final class MqttPubSub implements PubSub.Keeper {
  private static final Set<PubSubFeature> FEATURES =
      PubSubFeature.set(PubSubFeature.SUBSCRIBE_WILDCARDS);
  private static final long PATIENCE_MILLIS = 20_000;

  /** What the name of a client ends in that is there while its app is away. */
  private static final String STAND_IN = "-jitney";

  /** Messages without acknowledgement that are handled at one time; further ones are dropped. */
  private static final int UNACKNOWLEDGED = 1_024;

  /** Who gets the messages of one filter. */
  private static final class Subscribed {
    final TopicFilter filter;
    final List<MessageHandler> handlers = new ArrayList<>();

    /** Told of messages that come while there is no handler. */
    final List<Runnable> keepers = new ArrayList<>();

    Subscribed(String filter) {
      this.filter = new TopicFilter(filter);
    }
  }

  private final ContextInternal context;
  private final ComponentLog log;
  private final MqttAddress address;
  private final MqttSession session;
  private final boolean standIn;
  private final int qos;
  private final boolean retain;
  private final boolean cleanSession;
  private final Map<String, Subscribed> filters = new LinkedHashMap<>();
  private int withoutAcknowledgement;
  private int unanswered;

  private MqttPubSub(ComponentOpening opening, MqttAddress address, int qos, boolean retain) {
    context = opening.node().nearLoop();
    log = opening.log();
    this.address = address;
    standIn = opening.standIn();
    session =
        new MqttSession(
            context,
            standIn ? address.besides(address.clientId() + STAND_IN) : address,
            log,
            this::take);
    this.qos = qos;
    this.retain = retain;
    cleanSession = address.cleanSession();
  }

  /** The factory. Connects. */
  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    MqttPubSub pubsub;
    try {
      LenientMetadata metadata = new LenientMetadata(spec.metadata());
      String client = spec.metadata().get("consumerID", "");
      MqttAddress address =
          MqttAddress.of(spec.metadata(), client, metadata.truthy("cleanSession"));
      long qos = metadata.integer("qos", 1);
      if (qos < 0 || qos > 2) {
        throw new ComponentException.Failed("invalid qos " + qos);
      }
      if (client.isEmpty()) {
        throw new ComponentException.Failed("missing consumerID");
      }
      pubsub = new MqttPubSub(opening, address, (int) qos, metadata.truthy("retain"));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return pubsub
        .session
        .open()
        .<PubSub>map(connected -> pubsub)
        .recover(
            failure ->
                Future.failedFuture(
                    new ComponentException.Failed(
                        "failed to establish connection to broker: " + failure.getMessage())));
  }

  @Override
  public Set<PubSubFeature> features() {
    return FEATURES;
  }

  @Override
  public Future<Void> publish(CallContext call, PublishRequest request) {
    if (request.topic().isEmpty()) {
      return Future.failedFuture(ComponentException.Failed.terminal("topic name is empty"));
    }
    boolean keep = retain;
    String text = request.metadata().getOrDefault("retain", "");
    if (!text.isEmpty()) {
      try {
        keep = GoText.parseBool(text);
      } catch (GoText.Unreadable e) {
        return Future.failedFuture(
            ComponentException.Failed.terminal(
                "mqtt invalid retain " + text + ", " + e.getMessage()));
      }
    }
    return session
        .publish(request.topic(), request.data(), qos, keep)
        .timeout(Math.min(call.remainingMillis(), PATIENCE_MILLIS), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    new ComponentException.Failed(
                        "failed to publish: "
                            + (failure instanceof ComponentException
                                ? failure.getMessage()
                                : "context deadline exceeded"))));
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    String filter = request.topic();
    if (filter.isEmpty()) {
      return Future.failedFuture(new ComponentException.Failed("topic name is empty"));
    }
    boolean tell =
        cleanSession || GoText.isTruthy(request.metadata().getOrDefault("unsubscribeOnClose", ""));
    Promise<Subscription> promise = Promise.promise();
    context.runOnContext(
        go -> {
          filters.computeIfAbsent(filter, Subscribed::new).handlers.add(handler);
          // What nobody answered, the broker sends again on a new connection only.
          Future<Void> fresh = unanswered > 0 ? session.reconnect() : Future.succeededFuture();
          unanswered = 0;
          fresh
              .transform(ready -> session.subscribe(filter, qos))
              .onComplete(
                  done -> {
                    if (done.succeeded()) {
                      log.info("MQTT is subscribed to topic " + filter + " (qos: " + qos + ")");
                      promise.complete(() -> end(filter, handler, tell));
                    } else {
                      end(filter, handler, false)
                          .onComplete(
                              ended ->
                                  promise.fail(
                                      new ComponentException.Failed(
                                          "mqtt error from subscribe: "
                                              + done.cause().getMessage())));
                    }
                  });
        });
    return promise.future();
  }

  /**
   * The broker keeps the session of a client that is away. A stand-in has a client of its own
   * beside it, which gets copies; the app's own opening listens in the app's session and
   * acknowledges nothing.
   */
  @Override
  public Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting) {
    String filter = request.topic();
    if (cleanSession || qos == 0 || filter.startsWith("$share/")) {
      return Future.failedFuture(
          new ComponentException.Failed(
              "mqtt: the broker keeps nothing for a client that is away with "
                  + (cleanSession
                      ? "cleanSession"
                      : qos == 0 ? "qos 0" : "a shared subscription")));
    }
    AtomicBoolean some = new AtomicBoolean();
    Future<Boolean> made =
        standIn
            ? AbsentSession.make(context, address, log, filter, qos)
            : Future.succeededFuture(false);
    return made.compose(
        before -> {
          some.set(before);
          return keep(filter, () -> some.set(true))
              .map(
                  kept -> {
                    Subscription look =
                        new BacklogLook(
                                context,
                                () -> Future.succeededFuture(some.get()),
                                waiting,
                                log,
                                "topic " + filter)
                            .start();
                    return () -> look.cancel().compose(done -> kept.cancel());
                  });
        });
  }

  private Future<Subscription> keep(String filter, Runnable keeper) {
    Promise<Subscription> promise = Promise.promise();
    context.runOnContext(
        go -> {
          filters.computeIfAbsent(filter, Subscribed::new).keepers.add(keeper);
          session
              .subscribe(filter, qos)
              .<Subscription>map(taken -> () -> endKeeping(filter, keeper))
              .recover(
                  failure ->
                      endKeeping(filter, keeper)
                          .compose(
                              ended ->
                                  Future.failedFuture(
                                      new ComponentException.Failed(
                                          "mqtt error from subscribe: " + failure.getMessage()))))
              .onComplete(promise);
        });
    return promise.future();
  }

  private Future<Void> endKeeping(String filter, Runnable keeper) {
    return leave(filter, known -> known.keepers.remove(keeper), standIn);
  }

  private Future<Void> end(String filter, MessageHandler handler, boolean tell) {
    return leave(filter, known -> known.handlers.remove(handler), tell);
  }

  private Future<Void> leave(String filter, Predicate<Subscribed> remove, boolean tell) {
    Promise<Void> promise = Promise.promise();
    context.runOnContext(
        go -> {
          Subscribed known = filters.get(filter);
          if (known == null
              || !remove.test(known)
              || !known.handlers.isEmpty()
              || !known.keepers.isEmpty()) {
            promise.complete();
            return;
          }
          filters.remove(filter);
          session
              .unsubscribe(filter, tell)
              .onFailure(
                  failure ->
                      log.warn(
                          "Failed to unsubscribe from topic "
                              + filter
                              + ": "
                              + failure.getMessage()))
              .transform(told -> Future.<Void>succeededFuture())
              .onComplete(promise);
        });
    return promise.future();
  }

  private void take(MqttPublishMessage published) {
    String topic = published.topicName();
    Subscribed to = subscribed(topic);
    boolean acknowledged = published.qosLevel().value() > 0;
    if (to == null) {
      log.warn("No handler defined for messages received on topic " + topic);
      unanswered += acknowledged ? 1 : 0;
      return;
    }
    if (to.handlers.isEmpty()) {
      unanswered += acknowledged ? 1 : 0;
      if (acknowledged && standIn) {
        published.ack(); // a copy
      }
      if (!published.isRetain()) {
        to.keepers.forEach(Runnable::run);
      }
      return;
    }
    if (!acknowledged && withoutAcknowledgement >= UNACKNOWLEDGED) {
      log.warn("Too many messages are being handled: one on topic " + topic + " (qos: 0) dropped");
      return;
    }
    withoutAcknowledgement += acknowledged ? 0 : 1;
    unanswered += acknowledged ? 1 : 0;
    Message message =
        new Message(
            published.payload(), topic, Map.of("retained", Boolean.toString(published.isRetain())));
    List<Future<Void>> handled = new ArrayList<>();
    for (MessageHandler handler : to.handlers) {
      Promise<Void> ended = context.promise();
      try {
        handler.handle(message).onComplete(ended);
      } catch (RuntimeException e) {
        ended.tryFail(e);
      }
      handled.add(ended.future());
    }
    Future.all(handled)
        .onComplete(
            done -> {
              withoutAcknowledgement -= acknowledged ? 0 : 1;
              if (done.failed()) {
                log.error(
                    "Failed processing MQTT message "
                        + topic
                        + "#"
                        + published.messageId()
                        + ": "
                        + done.cause().getMessage());
              } else if (acknowledged) {
                unanswered = Math.max(unanswered - 1, 0);
                published.ack();
              }
            });
  }

  private @Nullable Subscribed subscribed(String topic) {
    for (Subscribed one : filters.values()) {
      if (one.filter.isExactly(topic)) {
        return one;
      }
    }
    for (Subscribed one : filters.values()) {
      if (one.filter.matches(topic)) {
        return one;
      }
    }
    return null;
  }

  @Override
  public Future<Void> close() {
    context.runOnContext(go -> filters.clear());
    return session.close();
  }
}
