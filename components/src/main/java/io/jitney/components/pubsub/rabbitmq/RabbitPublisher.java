package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.rabbitmq.ChannelWriter;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentLog;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Publishes for one opening, to exchanges that it declares on every fresh channel. A message that
 * could not be written is tried twice more. Thread-safe.
 */
final class RabbitPublisher {
  private static final int ATTEMPTS = 3;

  private final RabbitSettings settings;
  private final ComponentLog log;
  private final ChannelWriter writer;

  /** On the current channel; the writer's thread's own. */
  private final Set<String> declared = new HashSet<>();

  RabbitPublisher(VertxInternal vertx, RabbitLink link, RabbitSettings settings, ComponentLog log) {
    this.settings = settings;
    this.log = log;
    writer =
        new ChannelWriter(
            vertx,
            link,
            new ChannelWriter.Settings(
                settings.address(),
                settings.confirms(),
                ATTEMPTS,
                settings.reconnectPause(),
                RabbitSettings.SUBJECT),
            fresh -> declared.clear(),
            log);
  }

  Future<Void> publish(CallContext context, PublishRequest request) {
    return writer.publish(
        context,
        new ChannelWriter.Message() {
          @Override
          public void prepare(Channel channel) throws IOException {
            if (!declared.contains(request.topic())) {
              Topology.exchange(channel, settings, request.topic());
              declared.add(request.topic());
            }
          }

          @Override
          public void publish(Channel channel) throws IOException {
            channel.basicPublish(
                request.topic(),
                request.metadata().getOrDefault("routingKey", ""),
                RabbitMessages.properties(settings, request.metadata(), log),
                request.data().getBytes());
          }
        });
  }

  /** Done when what was handed over is written and the channel is closed. */
  Future<Void> close() {
    return writer.close();
  }
}
