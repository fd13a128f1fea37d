package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dapr.client.DaprClient;
import io.dapr.client.DaprClientBuilder;
import io.dapr.client.domain.BulkPublishEntry;
import io.dapr.client.domain.BulkPublishRequest;
import io.dapr.config.Properties;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two apps with the callbacks of the Dapr Java SDK on one daemon. */
class JavaAppsIT {
  private static final String DECLARED =
      """
      apiVersion: dapr.io/v2alpha1
      kind: Subscription
      metadata: {name: s}
      spec:
        pubsubname: own
        topic: declared
        routes: {default: /declared}
      """;

  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static Sidecar open(String appId, GrpcCallbackApp app) {
    Sidecar sidecar =
        DAEMON.open(
            SidecarSpec.app(appId)
                .component("own", "pubsub.in-memory")
                .component("bus", "pubsub.redis", "redisHost", REDIS.address())
                .component("tick", "bindings.cron", "schedule", "@every 1s")
                .resource("declared.yaml", DECLARED)
                .app(app.port(), "grpc"));
    await().until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
    return sidecar;
  }

  private static DaprClient client(Sidecar sidecar) {
    return new DaprClientBuilder()
        .withPropertyOverride(Properties.HTTP_PORT, Integer.toString(sidecar.httpPort()))
        .withPropertyOverride(Properties.GRPC_PORT, Integer.toString(sidecar.grpcPort()))
        .build();
  }

  @Test
  void listedDeclaredAndBulkSubscriptionsAndBindings() throws Exception {
    try (GrpcCallbackApp appA = new GrpcCallbackApp();
        GrpcCallbackApp appB = new GrpcCallbackApp();
        DaprClient a = client(open("java-a", appA));
        DaprClient b = client(open("java-b", appB))) {
      for (int n : new int[] {1, 6, 13}) {
        a.publishEvent("own", "routed", Map.of("n", n)).block();
      }
      a.publishEvent("own", "declared", "of a").block();
      b.publishEvent("own", "declared", "of b").block();
      List<BulkPublishEntry<String>> entries =
          IntStream.range(0, 25)
              .mapToObj(n -> new BulkPublishEntry<>("id" + n, "event " + n, "text/plain", null))
              .toList();
      assertThat(
              a.publishEvents(new BulkPublishRequest<>("bus", "bulk", entries))
                  .block()
                  .getFailedEntries())
          .isEmpty();
      assertThat(
              b.publishEvents("bus", "bulk", "text/plain", List.of("more", "and more"))
                  .block()
                  .getFailedEntries())
          .isEmpty();

      for (GrpcCallbackApp app : List.of(appA, appB)) {
        await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> app.got("/bulk").size() == 27 && !app.got("tick").isEmpty());
        assertThat(app.got("/bulk")).doesNotHaveDuplicates().contains("event 24", "and more");
        assertThat(app.got("batches")).hasSizeLessThan(27);
      }
      await().until(() -> !appA.got("/dead").isEmpty() && !appB.got("/declared").isEmpty());
      assertThat(appA.got("/few")).containsExactly("{\"n\":1}");
      assertThat(appA.got("/many")).containsExactly("{\"n\":6}", "{\"n\":13}");
      assertThat(appA.got("/dead")).containsExactly("{\"n\":13}");
      assertThat(appA.got("/declared")).containsExactly("\"of a\"");
      assertThat(appB.got("/declared")).containsExactly("\"of b\"");
      assertThat(appB.got("/few")).isEmpty();
      assertThat(appB.got("/many")).isEmpty();
    }
  }
}
