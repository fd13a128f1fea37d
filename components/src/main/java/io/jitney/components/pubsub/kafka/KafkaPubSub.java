package io.jitney.components.pubsub.kafka;

import io.jitney.components.kafka.GroupBacklog;
import io.jitney.components.kafka.GroupConsumer;
import io.jitney.components.kafka.KafkaSettings;
import io.jitney.components.kafka.ProducerPool;
import io.jitney.components.kafka.SchemaType;
import io.jitney.components.kafka.TopicHandler;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.pubsub.BacklogLook;
import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code pubsub.kafka}: the producer is shared by openings with equal settings, the member of the
 * consumer group is this opening's own.
 */
public final class KafkaPubSub
    implements PubSub.BulkPublisher, PubSub.BulkSubscriber, PubSub.Keeper, PubSub.Pausable {
  private static final Set<PubSubFeature> FEATURES = PubSubFeature.set(PubSubFeature.BULK_PUBSUB);

  private final SharedPools.Lease<ProducerPool> lease;
  private final KafkaSettings settings;
  private final GroupConsumer consumer;
  private final ComponentOpening opening;

  private KafkaPubSub(
      SharedPools.Lease<ProducerPool> lease, KafkaSettings settings, ComponentOpening opening) {
    this.lease = lease;
    this.settings = settings;
    this.opening = opening;
    consumer = new GroupConsumer(opening.node().nearLoop(), settings, opening.log());
  }

  /** The factory. */
  public static Future<PubSub> open(ComponentSpec spec, ComponentOpening opening) {
    KafkaSettings settings;
    try {
      settings = KafkaSettings.of(spec.metadata(), true, opening.log());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return ProducerPool.open(opening.node(), settings, spec.metadata())
        .<PubSub>map(lease -> new KafkaPubSub(lease, settings, opening));
  }

  @Override
  public Set<PubSubFeature> features() {
    return FEATURES;
  }

  @Override
  public Future<Void> publish(CallContext context, PublishRequest request) {
    return lease
        .client()
        .send(context, settings, request.topic(), request.data(), request.metadata());
  }

  @Override
  public Future<Void> bulkPublish(CallContext context, BulkPublishRequest request) {
    List<Future<Void>> sent = new ArrayList<>(request.entries().size());
    for (BulkEntry entry : request.entries()) {
      Map<String, String> metadata = new HashMap<>(entry.metadata());
      metadata.putAll(request.metadata());
      sent.add(lease.client().send(context, settings, request.topic(), entry.data(), metadata));
    }
    return Future.join(sent)
        .<Void>mapEmpty()
        .recover(
            failure -> {
              Map<String, String> failed = new LinkedHashMap<>();
              for (int i = 0; i < sent.size(); i++) {
                if (sent.get(i).failed()) {
                  failed.put(
                      request.entries().get(i).entryId(),
                      String.valueOf(sent.get(i).cause().getMessage()));
                }
              }
              return Future.failedFuture(
                  new BulkPublishFailure(
                      "kafka: Failed to deliver " + failed.size() + " messages.", failed));
            });
  }

  @Override
  public Future<Subscription> subscribe(
      Flow flow, SubscribeRequest request, MessageHandler handler) {
    return begin(request, new TopicHandler.Single(flow, handler));
  }

  @Override
  public Future<Subscription> bulkSubscribe(
      Flow flow,
      SubscribeRequest request,
      int maxMessages,
      long maxAwaitMillis,
      BulkMessageHandler handler) {
    return begin(request, new TopicHandler.Bulk(flow, handler, maxMessages, maxAwaitMillis));
  }

  private Future<Subscription> begin(SubscribeRequest request, TopicHandler handler) {
    if (settings.group().isEmpty()) {
      return Future.failedFuture(
          new ComponentException.Failed("kafka: consumerGroup must be set to subscribe"));
    }
    try {
      SchemaType.check(request.metadata());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    consumer.add(request.topic(), handler);
    return Future.succeededFuture(() -> consumer.remove(request.topic(), handler));
  }

  @Override
  public Future<Subscription> keep(Flow flow, SubscribeRequest request, Runnable waiting) {
    if (settings.group().isEmpty()) {
      return Future.failedFuture(
          new ComponentException.Failed("kafka: consumerGroup must be set to subscribe"));
    }
    GroupBacklog backlog = new GroupBacklog(opening.node(), settings, request.topic());
    return backlog
        .waits()
        .<Subscription>map(
            some -> {
              Subscription look =
                  new BacklogLook(
                          opening.node().nearLoop(),
                          backlog::waits,
                          waiting,
                          opening.log(),
                          "topic " + request.topic())
                      .start();
              return () -> look.cancel().compose(done -> backlog.close());
            })
        .onFailure(failure -> backlog.close());
  }

  @Override
  public Future<Void> pause() {
    return consumer.pause();
  }

  @Override
  public Future<Void> close() {
    return consumer.close().transform(closed -> lease.release());
  }
}
