package io.jitney.daemon.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.testing.EventResources;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RecordingApp;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.tenancy.admission.Quota;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code --dapr-block-shutdown-duration}: input stops at once, the API goes on; another app's both.
 */
class BlockShutdownIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final Daemon daemon = new Daemon(2, Quota.UNLIMITED);
  private final RecordingApp blocked = new RecordingApp();
  private final RecordingApp other = new RecordingApp();

  @AfterEach
  void stop() throws Exception {
    daemon.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    blocked.close();
    other.close();
  }

  private RunningSidecar start(String id, int port, String... more) throws Exception {
    Files.createDirectories(folder.resolve("res"));
    Files.writeString(
        folder.resolve("res/all.yaml"),
        EventResources.redisBus(REDIS.address())
            + EventResources.subscription("all", "bus", "t", "/event")
            + EventResources.everySecond("tick"));
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(
                "--app-id=" + id,
                "--app-port=" + port,
                "--dapr-http-port=0",
                "--dapr-grpc-port=0",
                "--metrics-port=0",
                "--resources-path=" + folder.resolve("res"),
                "--dapr-graceful-shutdown-seconds=1"));
    arguments.addAll(List.of(more));
    return RunningSidecar.start(daemon, Map.of(), folder, arguments.toArray(new String[0]))
        .awaitReady();
  }

  private static int publish(RunningSidecar from, String text) {
    return new HttpApiClient(from.httpPort())
        .post("/v1.0/publish/bus/t", "\"" + text + "\"", "content-type", "application/json")
        .status();
  }

  @Test
  void inputStopsWhileTheApiGoesOn() throws Exception {
    int port = blocked.start(0);
    RunningSidecar a = start("a", port, "--dapr-block-shutdown-duration=5s");
    RunningSidecar b = start("b", other.start(0));
    assertThat(publish(a, "before")).isEqualTo(204);
    await().atMost(SOON).until(() -> blocked.count("before") == 1 && other.count("before") == 1);
    await().atMost(SOON).until(() -> blocked.count("POST /tick") > 0);

    a.signal(ControlSignal.TERM);
    a.awaitLine("Blocking graceful shutdown for 5s or until app reports unhealthy...");
    Thread.sleep(1_000); // deliveries that ran have their 400 ms
    long ticks = blocked.count("POST /tick");
    assertThat(publish(a, "during")).isEqualTo(204);
    await().atMost(SOON).until(() -> other.count("during") == 1);
    Thread.sleep(1_500);

    assertThat(blocked.count("during")).isZero();
    assertThat(blocked.count("POST /tick")).isEqualTo(ticks);
    assertThat(a.ended()).isFalse();
    await().atMost(SOON).until(() -> other.count("POST /tick") > 2);
    assertThat(a.exitCode()).isZero();

    RunningSidecar again = start("a", port); // nothing is lost
    await().atMost(SOON).until(() -> blocked.count("during") == 1);
    again.signal(ControlSignal.TERM);
    b.signal(ControlSignal.TERM);
    again.exitCode();
    b.exitCode();
  }
}
