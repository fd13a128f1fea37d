package io.jitney.daemon.state;

import io.jitney.daemon.testing.DaemonExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The same through {@code bin/jitney daemon} and {@code bin/daprd}; skipped where they are not
 * built.
 */
class StateApiLaunchedIT extends StateApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.launchers();

  @Override
  DaemonExtension daemon() {
    return DAEMON;
  }
}
