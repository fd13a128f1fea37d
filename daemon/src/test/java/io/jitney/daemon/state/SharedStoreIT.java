package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.state.StateItem;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.tenancy.admission.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two tenants on one Redis, with the daemon's own gates: floods wait apart, and are bounded. */
class SharedStoreIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private final StateApi api = new StateApi();
  private AppInstance loud;
  private AppInstance quiet;

  @BeforeEach
  void open() {
    loud = open("loud");
    quiet = open("quiet");
  }

  private static AppInstance open(String appId) {
    SidecarSpec spec =
        SidecarSpec.app(appId).component("s", "state.redis", "redisHost", REDIS.address());
    return ((InProcessDaemon.OpenSidecar) DAEMON.open(spec)).opened().instance();
  }

  private Future<StateItem> get(AppInstance instance) {
    return api.get(api.begin(instance, "s", instance.callContext(null)), "k", "", Map.of());
  }

  /** Nobody gets an answer from the server for so long. */
  private static void pause(int millis) throws IOException {
    String address = REDIS.address();
    int colon = address.lastIndexOf(':');
    try (Socket socket =
        new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
      String command = "CLIENT PAUSE " + millis + " ALL\r\n";
      socket.getOutputStream().write(command.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isEqualTo('+');
    }
  }

  @Test
  void aFloodOnAStandingStoreIsBoundedAndTheOtherTenantIsServedFirst() throws Exception {
    Context loop = ((InProcessDaemon) DAEMON.daemon()).daemon().node().resources().loops().get(0);
    pause(700);
    List<Future<StateItem>> flood = new ArrayList<>();
    List<Future<StateItem>> light = new ArrayList<>();
    CompletableFuture<Long> servedBefore = new CompletableFuture<>();
    loop.runOnContext(
        go -> {
          for (int i = 0; i < 6_000; i++) {
            flood.add(get(loud));
          }
          for (int i = 0; i < 20; i++) {
            light.add(get(quiet));
          }
          Future.join(light)
              .onComplete(
                  done -> servedBefore.complete(flood.stream().filter(Future::succeeded).count()));
        });
    assertThat(servedBefore.get(20, TimeUnit.SECONDS))
        .as("answers to the flood before those of the other tenant")
        .isLessThan(1_000);
    assertThat(light).allMatch(Future::succeeded);
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> flood.stream().allMatch(Future::isComplete));
    List<Future<StateItem>> refused = flood.stream().filter(Future::failed).toList();
    assertThat(refused)
        .isNotEmpty()
        .allSatisfy(
            one ->
                assertThat(((DaprException) one.cause()).error().errorCode())
                    .isEqualTo("ERR_TENANT_QUEUE_FULL"));
    assertThat(loud.account().usage().snapshot().refusals())
        .containsEntry(Reason.QUEUE_FULL, (long) refused.size());
    assertThat(quiet.account().usage().snapshot().refusals().getOrDefault(Reason.QUEUE_FULL, 0L))
        .isZero();
  }
}
