package io.jitney.components.pubsub.jetstream;

import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.testing.ProcessServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class JetStreamKeeperIT extends KeeperConformance {
  @RegisterExtension static final ProcessServer NATS = ProcessServer.nats("--auth", "geheim");

  @Override
  protected String type() {
    return "pubsub.jetstream";
  }

  @Override
  protected Map<String, String> metadata(String app) {
    return Map.of(
        "natsURL", "nats://" + NATS.address(), "token", "geheim", "durableName", app + topic);
  }

  @Override
  protected void prepare() {
    try (Connection connection = Nats.connect("nats://geheim@" + NATS.address())) {
      connection
          .jetStreamManagement()
          .addStream(StreamConfiguration.builder().name("S" + topic).subjects(topic).build());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
