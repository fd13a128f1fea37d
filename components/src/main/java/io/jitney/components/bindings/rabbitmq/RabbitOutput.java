package io.jitney.components.bindings.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.rabbitmq.ChannelWriter;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.rabbitmq.RabbitLink.Purpose;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.RequestMetadata;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code bindings.rabbitmq} as output: persistent messages to the queue, the request's metadata as
 * their headers. The connection is shared by openings with equal settings, unless the queue is
 * exclusive.
 */
public final class RabbitOutput implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("create");
  private static final int PERSISTENT = 2;

  private final QueueSettings settings;
  private final SharedPools.Lease<RabbitLink> lease;
  private final ChannelWriter writer;

  private RabbitOutput(
      QueueSettings settings, SharedPools.Lease<RabbitLink> lease, ComponentOpening opening) {
    this.settings = settings;
    this.lease = lease;
    writer =
        new ChannelWriter(
            (VertxInternal) opening.node().vertx(),
            lease.client(),
            new ChannelWriter.Settings(
                settings.address(), false, 1, settings.reconnectPause(), QueueSettings.SUBJECT),
            settings::declare,
            opening.log());
  }

  /** The factory. Connects and declares the queue. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    return OpenedQueue.open(spec, opening, Purpose.PUBLISH)
        .map(queue -> new RabbitOutput(queue.settings(), queue.lease(), opening));
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    BasicProperties properties;
    try {
      properties = properties(request.metadata());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return writer
        .publish(
            context,
            channel ->
                channel.basicPublish("", settings.queue(), properties, request.data().getBytes()))
        .map(written -> BindingResponse.NONE)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ComponentException.Failed
                        ? new ComponentException.Failed(
                            "failed to publish message: " + failure.getMessage())
                        : failure));
  }

  private static BasicProperties properties(Map<String, String> metadata) {
    BasicProperties.Builder properties =
        new BasicProperties.Builder().deliveryMode(PERSISTENT).headers(new HashMap<>(metadata));
    String type = RequestMetadata.any(metadata, "contentType");
    properties.contentType(type == null ? "text/plain" : type);
    Duration ttl;
    try {
      ttl = RequestMetadata.timeToLive(metadata);
    } catch (ComponentException e) {
      throw new ComponentException.Failed("failed to get TTL: " + e.getMessage());
    }
    if (ttl != null) {
      properties.expiration(Long.toString(ttl.toMillis()));
    }
    properties.priority(RequestMetadata.priority(metadata));
    properties.messageId(RequestMetadata.any(metadata, "messageID"));
    properties.correlationId(RequestMetadata.any(metadata, "correlationID"));
    properties.type(RequestMetadata.any(metadata, "type"));
    return properties.build();
  }

  @Override
  public Future<Void> close() {
    return writer.close().transform(closed -> lease.release());
  }
}
