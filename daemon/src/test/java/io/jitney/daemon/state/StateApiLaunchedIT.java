package io.jitney.daemon.state;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same through {@code bin/jitney daemon} and {@code bin/daprd}; skipped where they are not
 * built.
 */
class StateApiLaunchedIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.launchers();

  @Nested
  class InMemoryOverHttp extends StateApiTests {
    InMemoryOverHttp() {
      super(Store.IN_MEMORY, Transport.HTTP, DAEMON, REDIS);
    }
  }

  @Nested
  class InMemoryOverGrpc extends StateApiTests {
    InMemoryOverGrpc() {
      super(Store.IN_MEMORY, Transport.GRPC, DAEMON, REDIS);
    }
  }

  @Nested
  class SqliteOverHttp extends StateApiTests {
    SqliteOverHttp() {
      super(Store.SQLITE, Transport.HTTP, DAEMON, REDIS);
    }
  }

  @Nested
  class SqliteOverGrpc extends StateApiTests {
    SqliteOverGrpc() {
      super(Store.SQLITE, Transport.GRPC, DAEMON, REDIS);
    }
  }

  @Nested
  class RedisOverHttp extends StateApiTests {
    RedisOverHttp() {
      super(Store.REDIS, Transport.HTTP, DAEMON, REDIS);
    }
  }

  @Nested
  class RedisOverGrpc extends StateApiTests {
    RedisOverGrpc() {
      super(Store.REDIS, Transport.GRPC, DAEMON, REDIS);
    }
  }
}
