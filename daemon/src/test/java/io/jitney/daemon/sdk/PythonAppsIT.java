package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Four apps with the Dapr Python SDK on one daemon: two over gRPC, one with Flask, one with
 * FastAPI. Needs a {@code python3} (or {@code JITNEY_TEST_PYTHON}) with the SDK's extensions;
 * {@code .ci/run} installs them.
 */
class PythonAppsIT {
  private static final String ROUTED =
      """
      apiVersion: dapr.io/v2alpha1
      kind: Subscription
      metadata: {name: routed}
      spec:
        pubsubname: own
        topic: routed
        routes:
          rules:
          - {match: 'event.type == "wanted"', path: /wanted}
          - {match: 'event.data.n > 5.0', path: /many}
      """;
  private static final String BULK =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Subscription
      metadata: {name: bulk}
      spec:
        pubsubname: own
        topic: bulk
        route: /bulk
        bulkSubscribe: {enabled: true, maxMessagesCount: 5, maxAwaitDurationMs: 50}
      """;

  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @Test
  void programmaticAndDeclaredSubscriptionsAndBindings() throws Exception {
    String python = Program.python();
    assumeTrue(
        Program.run(python, "-c", "import dapr.ext.grpc, dapr.ext.fastapi, flask_dapr, uvicorn")
                .code()
            == 0,
        "no python3 with dapr-ext-grpc, dapr-ext-fastapi and flask-dapr");
    Apps apps = new Apps(DAEMON, REDIS);
    apps.open("py-grpc-a", "grpc", "grpc");
    apps.open("py-grpc-b", "grpc", "grpc");
    apps.open("py-flask", "flask", "http", ROUTED, BULK);
    apps.open("py-fastapi", "fastapi", "http", ROUTED, BULK);

    Program.Ended ended = Program.run(python, "src/test/python/apps.py", apps.json());

    assertThat(ended.output()).endsWith("ok\n");
    assertThat(ended.code()).isZero();
  }
}
