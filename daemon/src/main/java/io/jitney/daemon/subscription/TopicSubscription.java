package io.jitney.daemon.subscription;

import io.jitney.components.spi.GoText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an app wants to hear, from wherever it said so. Immutable.
 *
 * @param name of the resource; "" for others
 * @param pubsub component name
 * @param topic without the prefix of the component
 * @param deadLetterTopic "" none
 * @param bulk null: one message at a time
 */
public record TopicSubscription(
    Origin origin,
    String name,
    String pubsub,
    String topic,
    Map<String, String> metadata,
    Routes routes,
    String deadLetterTopic,
    @Nullable Bulk bulk) {
  private static final String RAW = "rawPayload";

  /** Who declared it, as the metadata API says. */
  public enum Origin {
    DECLARATIVE,
    PROGRAMMATIC,
    STREAMING
  }

  /**
   * @param maxMessages 0 or less: the default
   * @param maxAwaitMillis 0 or less: the default
   */
  public record Bulk(int maxMessages, long maxAwaitMillis) {}

  public TopicSubscription {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** Equal for those that are about the same messages. */
  List<String> key() {
    return List.of(pubsub, topic);
  }

  /**
   * Whether messages are bytes to be wrapped.
   *
   * @throws NotAnEvent when the metadata do not say so clearly: then no message can be read
   */
  boolean raw() throws NotAnEvent {
    String value = metadata.get(RAW);
    if (value == null || value.isEmpty()) {
      return false;
    }
    try {
      return GoText.parseBool(value);
    } catch (GoText.Unreadable neither) {
      throw new NotAnEvent("rawPayload value must be a valid boolean: actual is '" + value + "'");
    }
  }

  @Override
  public String toString() {
    return origin + "[" + pubsub + "/" + topic + "]";
  }
}
