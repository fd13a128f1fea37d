package io.jitney.daemon.resources;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Subscription resource as written, of either generation.
 *
 * @param pubsubName {@code spec.pubsubname}, possibly empty
 * @param topic {@code spec.topic}, possibly empty
 * @param options {@code spec.metadata}
 * @param routes in the order in which they are tried; the default, if there is one, comes last
 * @param deadLetterTopic "" when absent
 * @param bulk {@code spec.bulkSubscribe}; null when absent
 */
public record SubscriptionResource(
    Metadata metadata,
    String pubsubName,
    String topic,
    Map<String, String> options,
    List<Route> routes,
    String deadLetterTopic,
    @Nullable Bulk bulk)
    implements Resource {
  /**
   * One way to the app.
   *
   * @param match CEL; blank: always
   */
  public record Route(String match, String path) {}

  /**
   * @param maxMessages 0: as the component likes
   * @param maxAwaitMillis 0: as the component likes
   */
  public record Bulk(boolean enabled, int maxMessages, int maxAwaitMillis) {}

  public SubscriptionResource {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    routes = List.copyOf(routes);
  }

  @Override
  public String kind() {
    return "Subscription";
  }

  @Override
  public String logName() {
    return metadata.name() + " (" + pubsubName + "/" + topic + ")";
  }

  /** Whether nothing that counts has changed: of the metadata, only the name does. */
  public boolean sameAs(SubscriptionResource other) {
    return metadata.name().equals(other.metadata.name())
        && pubsubName.equals(other.pubsubName)
        && topic.equals(other.topic)
        && options.equals(other.options)
        && routes.equals(other.routes)
        && deadLetterTopic.equals(other.deadLetterTopic)
        && java.util.Objects.equals(bulk, other.bulk);
  }

  @Override
  public String toString() {
    return "Subscription[" + metadata.name() + "]";
  }
}
