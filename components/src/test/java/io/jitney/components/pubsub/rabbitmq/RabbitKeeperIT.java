package io.jitney.components.pubsub.rabbitmq;

import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.testing.RabbitServer;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class RabbitKeeperIT extends KeeperConformance {
  @RegisterExtension static final RabbitServer RABBIT = new RabbitServer();

  @Override
  protected String type() {
    return "pubsub.rabbitmq";
  }

  @Override
  protected Map<String, String> metadata(String app) {
    return Map.of("connectionString", RABBIT.uri());
  }
}
