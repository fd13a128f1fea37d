package io.jitney.daemon.wake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.jitney.daemon.Daemon;
import io.jitney.daemon.apps.AppsWatch;
import io.jitney.daemon.apps.DeclaredApps;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.testing.EventResources;
import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RecordingApp;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Declared apps that are away, next to one that is there: what waits for them at Redis, who is
 * called, and what the one's trouble is to the other.
 */
class ScaleToZeroIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String MEMORY =
      """
      ---
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata: {name: memory}
      spec: {type: pubsub.in-memory, version: v1}
      """;

  @TempDir Path folder;
  private final String topic = "t" + System.nanoTime();
  private final Daemon daemon = new Daemon(2, Quota.UNLIMITED);
  private final NodeSidecars sidecars = new NodeSidecars(daemon.opener());
  private AppsWatch watch;
  private HttpApiClient client;
  private int redPort;
  private int greenPort;
  private final RecordingApp green = new RecordingApp();
  private final RecordingApp red = new RecordingApp();

  @BeforeEach
  void prepare() throws Exception {
    int port =
        daemon.listener().listenHttp(List.of("127.0.0.1"), 0, new ListenerOptions(4096, true));
    client = new HttpApiClient(port);
    redPort = FreePort.pick();
    greenPort = FreePort.pick();
    Files.createDirectory(folder.resolve("res"));
    Files.writeString(
        folder.resolve("res/all.yaml"),
        EventResources.redisBus(REDIS.address())
            + EventResources.subscription("to-all", "bus", topic, "/event")
            + MEMORY
            + EventResources.subscription("of-memory", "memory", "t", "/memory"));
    green.start(greenPort);
  }

  @AfterEach
  void stop() throws Exception {
    watch.close();
    sidecars.stopAll();
    await().atMost(SOON).until(() -> sidecars.count() == 0);
    daemon.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    red.stop();
    green.stop();
  }

  private static String app(String name, int port, String more) {
    return "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: "
        + name
        + "}\nspec: {resourcesPaths: [res], apiToken: {env: "
        + name.toUpperCase(java.util.Locale.ROOT)
        + "}, app: {port: "
        + port
        + ", healthCheck: {path: /healthz, intervalSeconds: 1, timeoutMillis: 500, threshold: 1}}"
        + more
        + "}\n---\n";
  }

  private void declare(String redsWake, String bluesWake) throws IOException {
    Path apps = folder.resolve("apps.yaml");
    Files.writeString(
        apps,
        app("red", redPort, ", scaleToZero: " + redsWake)
            + app("blue", 1, ", scaleToZero: " + bluesWake)
            + app("green", greenPort, ""));
    Files.setPosixFilePermissions(apps, PosixFilePermissions.fromString("rw-r--r--"));
    watch =
        new AppsWatch(
            apps,
            sidecars,
            daemon.registry(),
            daemon.identity(),
            daemon.health(),
            Map.of("RED", "red-secret", "BLUE", "blue-secret", "GREEN", "green-secret"),
            daemon.sleepers(),
            null,
            line -> {});
    watch.start();
    await().atMost(SOON).until(() -> daemon.health().unready().isEmpty());
    assertThat(watch.apps().problems()).isEmpty();
    await()
        .atMost(SOON)
        .until(
            () ->
                groups().contains("red")
                    && groups().contains("blue")
                    && groups().contains("green"));
  }

  private AppInstance instance(String app) {
    return daemon
        .registry()
        .instances(new TenantId("default", app))
        .getLast()
        .attached()
        .orElseThrow();
  }

  /** The consumer groups of the topic, as redis-cli shows them. */
  private String groups() {
    String port = REDIS.address().substring(REDIS.address().indexOf(':') + 1);
    try {
      Process redis =
          new ProcessBuilder("redis-cli", "-p", port, "XINFO", "GROUPS", topic)
              .redirectErrorStream(true)
              .start();
      return new String(redis.getInputStream().readAllBytes());
    } catch (IOException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private void publish(String text) {
    assertThat(
            client
                .post(
                    "/v1.0/publish/bus/" + topic,
                    "\"" + text + "\"",
                    "dapr-api-token",
                    "green-secret",
                    "content-type",
                    "application/json")
                .status())
        .isEqualTo(204);
  }

  private DeclaredApps.Status status(String app) {
    return watch.apps().status().stream()
        .filter(one -> one.id().appId().equals(app))
        .findFirst()
        .orElseThrow();
  }

  private String log(String app) {
    return sidecars.all().stream()
        .filter(one -> one.instance() != null && one.instance().appId().equals(app))
        .flatMap(one -> one.log().last(1_000).stream())
        .map(String::new)
        .collect(Collectors.joining());
  }

  private static final String TOUCH =
      "{cooldownSeconds: 1, startSeconds: 20, command: {argv: [/usr/bin/touch, woken]}}";
  private static final String FALSE =
      "{cooldownSeconds: 1, attempts: 2, command: {argv: [/bin/false]}}";

  @Test
  void anEventWakesTheAppThatIsAwayAndWaitsForIt() throws Exception {
    declare(TOUCH, FALSE);
    assertThat(status("red").state()).isEqualTo("sleeping");
    assertThat(Files.exists(folder.resolve("woken"))).isFalse();

    publish("one");
    publish("two");
    await().atMost(SOON).until(() -> Files.exists(folder.resolve("woken")));
    assertThat(red.got()).isEmpty();
    red.start(redPort); // who is woken
    await().atMost(SOON).until(() -> red.events("one") > 0 && red.events("two") > 0);
    await().atMost(SOON).until(() -> status("red").state().equals("running"));
    publish("three");
    await().atMost(SOON).until(() -> red.events("three") > 0);
    assertThat(red.events("one")).isEqualTo(1);
    assertThat(red.events("two")).isEqualTo(1);
    assertThat(red.events("three")).isEqualTo(1);

    Thread.sleep(5_000); // it has been there for long enough to count as started
    red.stop();
    await().atMost(SOON).until(() -> status("red").state().equals("sleeping"));
    Files.delete(folder.resolve("woken"));
    publish("four");
    await().atMost(SOON).until(() -> Files.exists(folder.resolve("woken")));
    red.start(redPort);
    await().atMost(SOON).until(() -> red.events("four") > 0);

    // What never comes is given up, and nobody else has seen any of it.
    await().atMost(SOON).until(() -> status("blue").state().equals("failed"));
    assertThat(status("blue").reason())
        .isEqualTo("given up after 2 attempts: ended with exit code 1");
    assertThat(status("blue").sleeper().failures()).isEqualTo(2);
    assertThat(instance("blue").health().unready()).contains("scale-to-zero");
    assertThat(instance("blue").extendedMetadata().get("scale-to-zero"))
        .startsWith("failed: given up");
    assertThat(log("blue")).contains("waking the app failed, given up after 2 attempts");
    assertThat(instance("red").health().unready()).doesNotContain("scale-to-zero");
    assertThat(log("red")).doesNotContain("given up");
    assertThat(log("green")).doesNotContain("jitney.wake");
    assertThat(green.events("one")).isEqualTo(1);
    await().atMost(SOON).until(() -> green.events("four") == 1);
  }

  @Test
  void aRequestWakesToo() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>("");
    HttpServer hook = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    hook.createContext(
        "/",
        exchange -> {
          asked.set(
              exchange.getRequestHeaders().getFirst("x-key")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
          red.start(redPort);
        });
    hook.start();
    try {
      declare(
          "{http: {url: \"http://127.0.0.1:"
              + hook.getAddress().getPort()
              + "/wake?code=geheim\", headers: {x-key: {env: BLUE}}}}",
          "{attempts: 1, http: {url: \"http://127.0.0.1:1/wake?code=geheim\"}}");
      publish("one");
      await().atMost(SOON).until(() -> red.events("one") == 1);
      assertThat(asked.get())
          .startsWith("blue-secret ")
          .contains("\"appId\":\"red\"", "\"reason\":\"messages wait on topic " + topic);
      await().atMost(SOON).until(() -> status("blue").state().equals("failed"));
      assertThat(status("blue").reason()).contains("no connection").doesNotContain("geheim");
      assertThat(log("blue")).doesNotContain("geheim");
    } finally {
      hook.stop(0);
    }
  }

  @Test
  void aCallWakesWhereTheAppSaysSo() throws Exception {
    declare("{onInvoke: true, startSeconds: 20, command: {argv: [/usr/bin/touch, woken]}}", FALSE);
    Thread starter =
        Thread.ofVirtual()
            .start(
                () -> {
                  await().atMost(SOON).until(() -> Files.exists(folder.resolve("woken")));
                  red.start(redPort);
                });
    HttpApiClient.Answer answer =
        client.post("/v1.0/invoke/red/method/hello", "x", "dapr-api-token", "green-secret");
    starter.join();

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(red.got()).contains("POST /hello x");
    assertThat(
            client
                .post("/v1.0/invoke/blue/method/hello", "x", "dapr-api-token", "green-secret")
                .status())
        .isEqualTo(500);
    assertThat(status("blue").sleeper().wakes()).isZero();
  }

  @Test
  void aBrokerThatKeepsNothingIsToldSo() throws Exception {
    declare(TOUCH, FALSE);
    await()
        .atMost(SOON)
        .until(() -> log("red").contains("this broker keeps nothing for who is not there"));
    assertThat(log("green")).doesNotContain("keeps nothing");
  }
}
