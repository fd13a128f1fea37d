package io.jitney.daemon.instance;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.spi.Metadata;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.TopicScopes;
import io.jitney.daemon.resources.ComponentResource;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the runtime, not the broker, makes of a pub/sub component: who consumes, which topics the
 * app may use, and how they are named at the broker.
 */
final class PubSubOpening {
  private static final String SCOPE = "dapr.runtime.processor.pubsub";
  private static final String CONSUMER_ID = "consumerID";

  /** Deliveries that run have 30 seconds, their acknowledgements 400 ms. */
  private static final long DRAIN_SECONDS = 31;

  private final AppInstance instance;

  PubSubOpening(AppInstance instance) {
    this.instance = instance;
  }

  /** With {@code consumerID}, which by default is the app id. */
  Metadata metadata(Metadata given) {
    Map<String, String> properties = new LinkedHashMap<>(given.properties());
    String consumer = properties.getOrDefault(CONSUMER_ID, "").trim();
    properties.put(CONSUMER_ID, consumer.isEmpty() ? instance.appId() : consumer);
    return new Metadata(properties);
  }

  /**
   * The component as the instance uses it.
   *
   * @param component the resource, its placeholders still in it
   * @param metadata what the broker was opened with
   */
  OpenPubSub opened(ComponentResource component, Metadata metadata, PubSub broker) {
    boolean namespaced =
        component.properties().stream()
            .anyMatch(property -> property.text().contains("{namespace}"));
    return new OpenPubSub(
        component.name(),
        broker,
        TopicScopes.of(metadata.properties(), instance.appId()),
        namespaced ? instance.settings().identityNamespace() : "");
  }

  /** Lets its deliveries end. Never fails; what takes too long is reported. */
  Future<Void> drain(OpenPubSub pubSub) {
    Future<Void> draining;
    try {
      draining = instance.components().pubSubChanges().closing(pubSub);
    } catch (RuntimeException failure) {
      draining = Future.failedFuture(failure);
    }
    return draining
        .timeout(DRAIN_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure -> {
              instance
                  .log()
                  .error(
                      SCOPE,
                      "Error stopping subscriptions of %s: %s"
                          .formatted(pubSub.name(), failure.getMessage()));
              return Future.succeededFuture();
            });
  }

  static List<String> capabilities(PubSub broker) {
    return broker.features().stream().sorted().map(PubSubFeature::name).toList();
  }
}
