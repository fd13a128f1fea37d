package io.jitney.components.pubsub.kafka;

import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.testing.KafkaServer;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaKeeperIT extends KeeperConformance {
  @RegisterExtension static final KafkaServer KAFKA = new KafkaServer(3);

  @Override
  protected String type() {
    return "pubsub.kafka";
  }

  @Override
  protected Map<String, String> metadata(String app) {
    return Map.of("brokers", KAFKA.address(), "authType", "none");
  }

  /**
   * A new group begins at the end of its topic, which is where it is when the member has joined.
   */
  @Override
  protected void awaitBegun(PubSub pubsub, Inbox inbox) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              publish(pubsub, "hello");
              return !inbox.messages.isEmpty();
            });
    inbox.settled(1_000);
    inbox.messages.clear();
  }
}
