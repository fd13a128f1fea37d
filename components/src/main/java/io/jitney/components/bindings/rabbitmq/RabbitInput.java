package io.jitney.components.bindings.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import io.jitney.components.bindings.InputBinding;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.rabbitmq.QueueConsumer;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.rabbitmq.RabbitLink.Purpose;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.GoText;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code bindings.rabbitmq} as input: one message after the other; what the app did not take goes
 * back to the queue. The connection is shared by openings with equal settings, unless the queue is
 * exclusive; the channel is this opening's own.
 */
public final class RabbitInput implements InputBinding {
  /** Messages held where the settings say nothing: they are handled one by one all the same. */
  private static final int WINDOW = 64;

  private final QueueSettings settings;
  private final SharedPools.Lease<RabbitLink> lease;
  private final ComponentOpening opening;
  private volatile @Nullable QueueConsumer consumer;

  private RabbitInput(
      QueueSettings settings, SharedPools.Lease<RabbitLink> lease, ComponentOpening opening) {
    this.settings = settings;
    this.lease = lease;
    this.opening = opening;
  }

  /** The factory. Connects and declares the queue. */
  public static Future<InputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    return OpenedQueue.open(spec, opening, Purpose.CONSUME)
        .map(queue -> new RabbitInput(queue.settings(), queue.lease(), opening));
  }

  @Override
  public Future<Reading> read(Flow flow, EventHandler handler) {
    QueueConsumer fresh =
        new QueueConsumer(
            opening.node().nearLoop(),
            flow,
            lease.client(),
            new QueueConsumer.Settings(
                settings.address(),
                settings.queue(),
                "",
                false,
                true,
                false,
                settings.reconnectPause(),
                QueueSettings.SUBJECT,
                "queue '" + settings.queue() + "'"),
            channel -> {
              settings.declare(channel);
              channel.basicQos(settings.prefetch() > 0 ? settings.prefetch() : WINDOW);
            },
            (properties, body) -> handler.handle(event(properties, body)),
            opening.log());
    consumer = fresh;
    fresh.startAndGoOn();
    return Future.succeededFuture(fresh::cancel);
  }

  private static BindingEvent event(BasicProperties properties, byte[] body) {
    return new BindingEvent(
        BufferInternal.buffer(Unpooled.wrappedBuffer(body)), metadata(properties), null);
  }

  /** Texts only; escaped, since they become HTTP headers. */
  private static Map<String, String> metadata(BasicProperties properties) {
    if (properties.getHeaders() == null) {
      return Map.of();
    }
    Map<String, String> metadata = new HashMap<>();
    properties
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (value instanceof LongString || value instanceof String) {
                metadata.put(GoText.queryEscape(name), GoText.queryEscape(value.toString()));
              }
            });
    return Map.copyOf(metadata);
  }

  @Override
  public Future<Void> close() {
    QueueConsumer open = consumer;
    Future<Void> ended = open == null ? Future.succeededFuture() : open.cancel();
    return ended.transform(gone -> lease.release());
  }
}
