package io.jitney.components.pubsub.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.jitney.components.pubsub.Message;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.RequestMetadata;
import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages on the wire. Pure functions, but for warnings. */
final class RabbitMessages {
  private RabbitMessages() {}

  static BasicProperties properties(
      RabbitSettings settings, Map<String, String> metadata, ComponentLog log) {
    BasicProperties.Builder properties = new BasicProperties.Builder();
    String type = RequestMetadata.any(metadata, "contentType");
    properties.contentType(type == null ? "text/plain" : type);
    if (settings.deliveryMode() > 0) { // the broker takes no zero
      properties.deliveryMode(settings.deliveryMode());
    }
    Long ttl = settings.ttlMillis();
    try {
      Duration own = RequestMetadata.timeToLive(metadata);
      if (own != null) {
        ttl = own.toMillis();
      }
    } catch (ComponentException e) {
      log.warn(
          "rabbitmq pub/sub: failed to parse TryGetTTL: " + e.getMessage() + ", it is ignored.");
    }
    if (ttl != null) {
      properties.expiration(Long.toString(ttl));
    }
    String priority = metadata.getOrDefault("priority", "");
    if (!priority.isEmpty()) {
      try {
        properties.priority(Math.clamp(GoText.parseInt(priority), 0, 255));
      } catch (GoText.Unreadable e) {
        log.warn(
            "rabbitmq pub/sub: failed to parse priority: " + e.getMessage() + ", it is ignored.");
      }
    }
    properties.messageId(RequestMetadata.any(metadata, "messageID"));
    properties.correlationId(RequestMetadata.any(metadata, "correlationID"));
    properties.type(RequestMetadata.any(metadata, "type"));
    return properties.build();
  }

  static Message message(
      RabbitSettings settings, String topic, BasicProperties properties, byte[] body) {
    return new Message(
        BufferInternal.buffer(Unpooled.wrappedBuffer(body)),
        topic,
        settings.properties() ? metadata(properties) : Map.of());
  }

  private static Map<String, String> metadata(BasicProperties properties) {
    Map<String, String> metadata = new HashMap<>();
    put(metadata, "messageid", properties.getMessageId());
    put(metadata, "correlationid", properties.getCorrelationId());
    put(metadata, "type", properties.getType());
    put(metadata, "contenttype", properties.getContentType());
    if (properties.getHeaders() != null) {
      properties.getHeaders().forEach((name, value) -> put(metadata, name, value));
    }
    return Collections.unmodifiableMap(metadata);
  }

  private static void put(Map<String, String> metadata, String name, @Nullable Object value) {
    String text = value == null ? "" : value.toString();
    if (!text.isEmpty()) {
      metadata.put("metadata." + name, text);
    }
  }
}
