package io.jitney.components.pubsub.mqtt3;

import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.testing.ProcessServer;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class MqttKeeperIT extends KeeperConformance {
  @RegisterExtension static final ProcessServer MOSQUITTO = ProcessServer.mosquitto();

  @Override
  protected String type() {
    return "pubsub.mqtt3";
  }

  @Override
  protected Map<String, String> metadata(String app) {
    return Map.of("url", "mqtt://" + MOSQUITTO.address());
  }
}
