package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.PublishApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Where messages go that their app did not take: to a topic of the same component, as they came.
 * The component's scopes and outbound policy hold for it as for everything the app publishes.
 */
final class DeadLetters {
  private static final long LIMIT_SECONDS = 30;

  private final AppInstance instance;
  private final PublishApi publishing = new PublishApi();

  DeadLetters(AppInstance instance) {
    this.instance = instance;
  }

  /**
   * Publishes one.
   *
   * @param topic without prefix
   */
  Future<Void> publish(OpenPubSub pubSub, String topic, Buffer data, Map<String, String> metadata) {
    return publishing.publish(
        instance,
        context(),
        pubSub,
        new PublishRequest(data, topic, metadata, !metadata.isEmpty()));
  }

  /** Publishes several, in one call where the broker can do that. */
  Future<Void> publish(OpenPubSub pubSub, String topic, List<BulkTarget.Entry> entries) {
    List<BulkEntry> list = new ArrayList<>();
    for (BulkTarget.Entry entry : entries) {
      Message message = entry.message();
      String type = message.contentType();
      list.add(
          new BulkEntry(entry.id(), message.data(), type == null ? "" : type, message.metadata()));
    }
    return publishing.publish(
        instance, context(), pubSub, new BulkPublishRequest(topic, list, Map.of()));
  }

  private CallContext context() {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    return new CallContext(deadline, null, instance.account());
  }
}
