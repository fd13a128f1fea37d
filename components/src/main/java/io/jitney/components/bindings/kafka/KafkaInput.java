package io.jitney.components.bindings.kafka;

import io.jitney.components.bindings.InputBinding;
import io.jitney.components.kafka.BrokerProbe;
import io.jitney.components.kafka.GroupConsumer;
import io.jitney.components.kafka.KafkaSettings;
import io.jitney.components.kafka.TopicHandler;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;

/**
 * {@code bindings.kafka} as input: the member of the consumer group is this opening's own. A
 * message that the app did not take is handed over again only if {@code consumeRetryEnabled} says
 * so; else the next one that it takes commits past it, as in daprd.
 */
public final class KafkaInput implements InputBinding {
  private final KafkaSettings settings;
  private final List<String> topics;
  private final GroupConsumer consumer;
  private final ComponentLog log;

  private KafkaInput(KafkaSettings settings, List<String> topics, ComponentOpening opening) {
    this.settings = settings;
    this.topics = topics;
    log = opening.log();
    consumer = new GroupConsumer(opening.node().nearLoop(), settings, log);
  }

  /** The factory. */
  public static Future<InputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    KafkaSettings settings;
    try {
      settings = KafkaSettings.of(spec.metadata(), false, opening.log());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    String topics = Objects.requireNonNullElse(spec.metadata().exact("topics"), "");
    return BrokerProbe.reach(opening.node(), settings)
        .<InputBinding>map(
            reached ->
                new KafkaInput(
                    settings,
                    topics.isEmpty() ? List.of() : List.of(topics.split(",", -1)),
                    opening));
  }

  @Override
  public Future<Reading> read(Flow flow, EventHandler handler) {
    if (topics.isEmpty()) {
      log.warn("kafka binding: no topic defined, input bindings will not be started");
      return Future.succeededFuture(Future::succeededFuture);
    }
    if (settings.group().isEmpty()) {
      return Future.failedFuture(
          new ComponentException.Failed("kafka: consumerGroup must be set to subscribe"));
    }
    TopicHandler all =
        new TopicHandler.Single(
            flow,
            message ->
                handler
                    .handle(new BindingEvent(message.data(), message.metadata(), null))
                    .mapEmpty());
    consumer.add(topics, all);
    return Future.succeededFuture(() -> consumer.remove(topics, all));
  }

  @Override
  public Future<Void> close() {
    return consumer.close();
  }
}
