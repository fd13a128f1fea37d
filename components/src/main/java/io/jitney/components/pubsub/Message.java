package io.jitney.components.pubsub;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One delivered message.
 *
 * @param data the broker's bytes; not to be changed
 * @param topic the topic it was published to, as the broker has it
 * @param metadata what the broker says about it, under daprd's names; unmodifiable
 * @param contentType of the message, where the broker keeps one; null otherwise
 * @param hasMetadata whether the broker keeps metadata of it at all, even if there are none: bulk
 *     subscribers see the difference
 */
public record Message(
    Buffer data,
    String topic,
    Map<String, String> metadata,
    @Nullable String contentType,
    boolean hasMetadata) {
  public Message(Buffer data, String topic, Map<String, String> metadata) {
    this(data, topic, metadata, null, true);
  }

  public Message(
      Buffer data, String topic, Map<String, String> metadata, @Nullable String contentType) {
    this(data, topic, metadata, contentType, true);
  }

  @Override
  public String toString() {
    return "Message[" + topic + ", " + data.length() + " bytes]";
  }
}
