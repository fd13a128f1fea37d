package io.jitney.daemon.invoke;

import io.jitney.daemon.testing.DaemonExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Service invocation by a daemon in this JVM. */
class InvokeApiIT extends InvokeApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @Override
  DaemonExtension daemon() {
    return DAEMON;
  }
}
