package io.jitney.daemon.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.tenancy.admission.Quota;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
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
  private static final String RESOURCES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata: {name: bus}
      spec: {type: pubsub.redis, version: v1, metadata: [{name: redisHost, value: "%s"}]}
      ---
      apiVersion: dapr.io/v2alpha1
      kind: Subscription
      metadata: {name: all}
      spec: {pubsubname: bus, topic: t, routes: {default: /event}}
      ---
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata: {name: tick}
      spec:
        type: bindings.cron
        version: v1
        metadata: [{name: schedule, value: "@every 1s"}, {name: direction, value: input}]
      """;

  @TempDir Path folder;
  private final Daemon daemon = new Daemon(2, Quota.UNLIMITED);
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() throws Exception {
    daemon.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    servers.forEach(server -> server.stop(0));
  }

  private int app(List<String> got) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes());
          String path = exchange.getRequestURI().getPath();
          got.add(exchange.getRequestMethod() + " " + path + " " + body);
          exchange.sendResponseHeaders(path.startsWith("/dapr/") ? 404 : 200, -1);
          exchange.close();
        });
    server.start();
    servers.add(server);
    return server.getAddress().getPort();
  }

  private RunningSidecar start(String id, int port, String... more) throws Exception {
    Files.createDirectories(folder.resolve("res"));
    Files.writeString(folder.resolve("res/all.yaml"), RESOURCES.formatted(REDIS.address()));
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

  private static long count(List<String> got, String text) {
    return got.stream().filter(one -> one.contains(text)).count();
  }

  private static int publish(RunningSidecar from, String text) {
    return new HttpApiClient(from.httpPort())
        .post("/v1.0/publish/bus/t", "\"" + text + "\"", "content-type", "application/json")
        .status();
  }

  @Test
  void inputStopsWhileTheApiGoesOn() throws Exception {
    List<String> blocked = new CopyOnWriteArrayList<>();
    List<String> other = new CopyOnWriteArrayList<>();
    int port = app(blocked);
    RunningSidecar a = start("a", port, "--dapr-block-shutdown-duration=5s");
    RunningSidecar b = start("b", app(other));
    assertThat(publish(a, "before")).isEqualTo(204);
    await().atMost(SOON).until(() -> count(blocked, "before") == 1 && count(other, "before") == 1);
    await().atMost(SOON).until(() -> count(blocked, "POST /tick") > 0);

    a.signal(ControlSignal.TERM);
    a.awaitLine("Blocking graceful shutdown for 5s or until app reports unhealthy...");
    Thread.sleep(1_000); // deliveries that ran have their 400 ms
    long ticks = count(blocked, "POST /tick");
    assertThat(publish(a, "during")).isEqualTo(204);
    await().atMost(SOON).until(() -> count(other, "during") == 1);
    Thread.sleep(1_500);

    assertThat(count(blocked, "during")).isZero();
    assertThat(count(blocked, "POST /tick")).isEqualTo(ticks);
    assertThat(a.ended()).isFalse();
    assertThat(count(other, "POST /tick")).isGreaterThan(2);
    assertThat(a.exitCode()).isZero();

    RunningSidecar again = start("a", port); // nothing is lost
    await().atMost(SOON).until(() -> count(blocked, "during") == 1);
    again.signal(ControlSignal.TERM);
    b.signal(ControlSignal.TERM);
    again.exitCode();
    b.exitCode();
  }
}
