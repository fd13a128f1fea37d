package io.jitney.daemon.state;

import io.jitney.daemon.testing.DaemonExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The state API of a daemon in this JVM. */
class StateApiIT extends StateApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @Override
  DaemonExtension daemon() {
    return DAEMON;
  }
}
