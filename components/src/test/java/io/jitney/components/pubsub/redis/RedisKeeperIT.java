package io.jitney.components.pubsub.redis;

import io.jitney.components.pubsub.KeeperConformance;
import io.jitney.components.testing.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisKeeperIT extends KeeperConformance {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  @Override
  protected String type() {
    return "pubsub.redis";
  }

  @Override
  protected Map<String, String> metadata(String app) {
    return Map.of("redisHost", REDIS.address());
  }
}
