package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Four apps with the Dapr JS SDK on one daemon, two over HTTP and two over gRPC. Needs {@code node}
 * that finds the package {@code @dapr/dapr} ({@code NODE_PATH}); {@code .ci/run} installs it where
 * there is npm.
 */
class JavaScriptSdkIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @Test
  void subscribersPublishersAndBindings() throws Exception {
    assumeTrue(
        Program.run("node", "-e", "require('@dapr/dapr')").code() == 0,
        "no node with the package @dapr/dapr");
    Apps apps = new Apps(DAEMON, REDIS);
    for (String protocol : new String[] {"http", "grpc"}) {
      apps.open("js-" + protocol + "-a", protocol, protocol);
      apps.open("js-" + protocol + "-b", protocol, protocol);
    }

    Program.Ended ended = Program.run("node", "src/test/javascript/subscribers.js", apps.json());

    assertThat(ended.output()).endsWith("ok\n");
    assertThat(ended.code()).isZero();
  }
}
