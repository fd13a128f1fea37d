package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.pubsub.BacklogLook;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.rabbitmq.QueueConsumer;
import io.jitney.components.rabbitmq.RabbitErrors;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.rabbitmq.RabbitLink.Purpose;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/**
 * {@code pubsub.rabbitmq}: connections are shared by openings with equal settings, channels and
 * queues are this opening's own.
 */
public final class RabbitPubSub implements PubSub.Keeper {
  private static final Set<PubSubFeature> FEATURES = PubSubFeature.set(PubSubFeature.MESSAGE_TTL);
  private static final int TAG_BYTES = 255;

  private final NodeResources node;
  private final ComponentOpening opening;
  private final RabbitSettings settings;
  private final ContextInternal context;
  private final SharedPools.Lease<RabbitLink> publishing;
  private final SharedPools.Lease<RabbitLink> consuming;
  private final RabbitPublisher publisher;
  private final Set<QueueConsumer> consumers = ConcurrentHashMap.newKeySet();

  private RabbitPubSub(
      RabbitSettings settings,
      ComponentOpening opening,
      SharedPools.Lease<RabbitLink> publishing,
      SharedPools.Lease<RabbitLink> consuming) {
    node = opening.node();
    this.opening = opening;
    this.settings = settings;
    this.publishing = publishing;
    this.consuming = consuming;
    context = node.nearLoop();
    publisher =
        new RabbitPublisher(
            (VertxInternal) node.vertx(), publishing.client(), settings, opening.log());
  }

  /** The factory. Connects for publishing; for consuming with the first subscription. */
  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    RabbitSettings settings;
    try {
      settings = RabbitSettings.of(spec.metadata(), opening.log());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    NodeResources node = opening.node();
    SharedPools.Lease<RabbitLink> publishing =
        RabbitLink.borrow(node, settings.address(), Purpose.PUBLISH);
    // Who acknowledges before handling has no window: such messages must not hold up others'.
    SharedPools.Lease<RabbitLink> consuming =
        settings.autoAck()
            ? RabbitLink.own(node, settings.address())
            : RabbitLink.borrow(node, settings.address(), Purpose.CONSUME);
    ContextInternal caller = ((VertxInternal) node.vertx()).getOrCreateContext();
    Promise<PubSub> promise = caller.promise();
    Thread.ofVirtual()
        .name("jitney-rabbitmq-open")
        .start(
            () -> {
              try {
                Channel probe = publishing.client().channel();
                probe.abort();
                promise.complete(new RabbitPubSub(settings, opening, publishing, consuming));
              } catch (IOException | TimeoutException | RuntimeException e) {
                String problem = RabbitErrors.describe(e, settings.address());
                Future.join(publishing.release(), consuming.release())
                    .onComplete(released -> promise.fail(new ComponentException.Failed(problem)));
              }
            });
    return promise.future();
  }

  @Override
  public Set<PubSubFeature> features() {
    return FEATURES;
  }

  @Override
  public Future<Void> publish(CallContext call, PublishRequest request) {
    return publisher.publish(call, request);
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    Topology topology;
    try {
      topology = new Topology(settings, request);
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    QueueConsumer consumer = consumer(flow, request, topology, handler);
    consumers.add(consumer);
    return consumer
        .start()
        .<Subscription>map(
            started -> () -> consumer.cancel().onComplete(ended -> consumers.remove(consumer)))
        .onFailure(failure -> consumers.remove(consumer));
  }

  /**
   * Everything is asked on the connection for consuming, where a blocked publisher is no matter.
   */
  @Override
  public Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting) {
    if (settings.autoAck() && settings.deleteUnused()) {
      return Future.failedFuture(
          new ComponentException.Failed(
              "rabbitmq pub/sub: with autoAck and deletedWhenUnused the queue is not kept while the"
                  + " app is away; set deletedWhenUnused to false"));
    }
    QueueKeeper keeper;
    try {
      keeper = new QueueKeeper(consuming.client(), settings, request);
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return keeper
        .waits()
        .<Subscription>map(
            some -> {
              Subscription look =
                  new BacklogLook(
                          context,
                          keeper::waits,
                          waiting,
                          opening.log(),
                          "topic " + request.topic())
                      .start();
              return () -> look.cancel().compose(done -> keeper.end());
            })
        .onFailure(failure -> keeper.end());
  }

  @Override
  public Future<Void> close() {
    List<Future<Void>> ends = new ArrayList<>();
    consumers.forEach(consumer -> ends.add(consumer.cancel()));
    ends.add(publisher.close());
    return Future.join(ends)
        .transform(ended -> Future.join(publishing.release(), consuming.release()))
        .mapEmpty();
  }

  private QueueConsumer consumer(
      Flow flow, SubscribeRequest request, Topology topology, MessageHandler handler) {
    return new QueueConsumer(
        context,
        flow,
        consuming.client(),
        new QueueConsumer.Settings(
            settings.address(),
            topology.queue(),
            tag(topology.queue()),
            settings.autoAck(),
            settings.requeue(),
            settings.parallel(),
            settings.reconnectPause(),
            RabbitSettings.SUBJECT,
            "topic '" + request.topic() + "'"),
        channel -> {
          topology.declare(channel);
          if (!settings.autoAck()) {
            channel.basicQos(settings.prefetch() > 0 ? settings.prefetch() : QueueConsumer.WINDOW);
          }
        },
        (properties, body) ->
            handler.handle(RabbitMessages.message(settings, request.topic(), properties, body)),
        opening.log());
  }

  private static String tag(String queue) {
    byte[] tag = (queue + "-" + UUID.randomUUID()).getBytes(StandardCharsets.UTF_8);
    int from = Math.max(tag.length - TAG_BYTES, 0);
    return new String(tag, from, tag.length - from, StandardCharsets.UTF_8);
  }
}
