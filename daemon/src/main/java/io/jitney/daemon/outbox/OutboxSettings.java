package io.jitney.daemon.outbox;

import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * What the metadata of a state component say about its outbox; names count by exact case.
 *
 * @param publishPubSub component to which events go in the end
 * @param publishTopic topic there
 * @param pubSub component of the internal topic
 * @param discard whether an event is given up whose marker is not found in time
 */
public record OutboxSettings(
    String publishPubSub, String publishTopic, String pubSub, boolean discard) {
  /** Null: the component has no outbox. */
  public static @Nullable OutboxSettings of(Metadata metadata) {
    String pubSub = metadata.properties().getOrDefault("outboxPublishPubsub", "");
    String topic = metadata.properties().getOrDefault("outboxPublishTopic", "");
    if (pubSub.isEmpty() || topic.isEmpty()) {
      return null;
    }
    String internal = metadata.properties().getOrDefault("outboxPubsub", "");
    return new OutboxSettings(
        pubSub,
        topic,
        internal.isEmpty() ? pubSub : internal,
        GoText.isTruthy(metadata.properties().getOrDefault("outboxDiscardWhenMissingState", "")));
  }

  /** The topic that the replicas of one app have for themselves. */
  String internalTopic(String namespace, String appId) {
    return namespace + appId + publishTopic + "outbox";
  }
}
