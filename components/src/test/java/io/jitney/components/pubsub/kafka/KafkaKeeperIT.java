package io.jitney.components.pubsub.kafka;

import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.testing.KafkaServer;
import java.util.Map;
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
}
