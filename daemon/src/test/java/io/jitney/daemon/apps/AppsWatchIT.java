package io.jitney.daemon.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Quota;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apps come, change and go with their files, and nothing else moves. */
class AppsWatchIT {
  private static final String TOKEN = "dapr-api-token";
  private static final TenantId RED = new TenantId("default", "red");
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final Daemon daemon = new Daemon(2, Quota.UNLIMITED);
  private final NodeSidecars sidecars = new NodeSidecars(daemon.opener());
  private final List<String> log = new CopyOnWriteArrayList<>();
  private AppsWatch watch;
  private HttpApiClient client;

  @BeforeEach
  void listen() throws Exception {
    int port =
        daemon.listener().listenHttp(List.of("127.0.0.1"), 0, new ListenerOptions(4096, true));
    client = new HttpApiClient(port);
  }

  private void start(Path path) {
    watch =
        new AppsWatch(
            path,
            sidecars,
            daemon.registry(),
            daemon.identity(),
            daemon.health(),
            Map.of("RED_TOKEN", "red-secret", "BLUE_TOKEN", "blue-secret"),
            daemon.sleepers(),
            null,
            log::add);
    watch.start();
    await().atMost(SOON).until(() -> daemon.health().unready().isEmpty());
  }

  @AfterEach
  void stop() throws Exception {
    watch.close();
    sidecars.stopAll();
    await().atMost(SOON).until(() -> sidecars.count() == 0);
    daemon.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static String app(String name, String spec) {
    return "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: "
        + name
        + "}\nspec: {"
        + spec
        + "}\n---\n";
  }

  private static final String BY_RED = "apiToken: {env: RED_TOKEN}";
  private static final String BY_BLUE = "apiToken: {env: BLUE_TOKEN}";

  private void write(String file, String text) throws IOException {
    Path written = Files.writeString(folder.resolve("." + file + ".new"), text);
    Files.move(
        written,
        folder.resolve(file),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private int status(String token) {
    return client.get("/v1.0/metadata", TOKEN, token).status();
  }

  private long instance() {
    return daemon.registry().instances(RED).getFirst().id().number();
  }

  @Test
  void appsComeChangeAndGoWithTheirFiles() throws Exception {
    write("a.yaml", app("red", BY_RED));
    write("notes.txt", "no apps");
    start(folder);
    assertThat(status("red-secret")).isEqualTo(200);
    assertThat(status("blue-secret")).isEqualTo(401);
    long red = instance();

    write("b.yml", app("blue", BY_BLUE));
    await().atMost(SOON).until(() -> status("blue-secret") == 200);
    assertThat(instance()).isEqualTo(red);

    Files.delete(folder.resolve("a.yaml"));
    await().atMost(SOON).until(() -> status("red-secret") == 401);
    await().atMost(SOON).until(() -> daemon.registry().tenant(RED).isEmpty());
    assertThat(status("blue-secret")).isEqualTo(200);
  }

  @Test
  void oneBrokenDocumentStopsNobodyElseAndWhatRanGoesOn() throws Exception {
    write("a.yaml", app("red", BY_RED) + app("broken", "app: {port: none}") + app("blue", BY_BLUE));
    start(folder);
    assertThat(status("red-secret")).isEqualTo(200);
    assertThat(status("blue-secret")).isEqualTo(200);
    assertThat(watch.apps().problems()).hasSize(1);
    assertThat(watch.apps().problems().getFirst()).contains("a.yaml, document 2, spec.app.port");
    assertThat(log).anyMatch(line -> line.contains("document 2, spec.app.port"));
    long red = instance();

    write("a.yaml", app("red", BY_RED) + "a: [\n");
    await().atMost(SOON).until(() -> watch.apps().problems().toString().contains("is no YAML"));

    assertThat(instance()).isEqualTo(red);
    assertThat(status("blue-secret")).isEqualTo(200); // nobody knows whether it was taken out
    write("a.yaml", app("red", BY_RED));
    await().atMost(SOON).until(() -> status("blue-secret") == 401);
    assertThat(watch.apps().problems()).isEmpty();
    assertThat(instance()).isEqualTo(red);
  }

  @Test
  void quotaAndTokenChangeLiveWithoutALostCall() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    String byFile = "apiToken: {file: token}";
    write("a.yaml", app("red", byFile));
    start(folder);
    long red = instance();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger wrong = new AtomicInteger();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!stop.get()) {
                    if (status("first") != 200) {
                      wrong.incrementAndGet();
                    }
                  }
                });

    write("a.yaml", app("red", byFile + ", quota: {rate: 100000, inFlight: 50}"));
    await()
        .atMost(SOON)
        .until(() -> daemon.registry().tenant(RED).orElseThrow().quota().maxInFlight() == 50);
    write("a.yaml", app("red", byFile + ", sourceAddresses: [127.0.0.0/8]"));
    await()
        .atMost(SOON)
        .until(() -> daemon.registry().tenant(RED).orElseThrow().quota().maxInFlight() == 0);
    stop.set(true);
    caller.join();
    assertThat(wrong).hasValue(0);

    Files.writeString(token, "second\n");
    await().atMost(SOON).until(() -> status("second") == 200);
    assertThat(status("first")).isEqualTo(401);
    Files.delete(token);
    await().atMost(SOON).until(() -> status("second") == 401);
    assertThat(instance()).isEqualTo(red);
  }

  @Test
  void aReopenedAppIsServedThroughout() throws Exception {
    write("a.yaml", app("red", BY_RED));
    start(folder);
    long red = instance();
    AtomicBoolean stop = new AtomicBoolean();
    List<Integer> wrong = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!stop.get()) {
                    int status = status("red-secret");
                    if (status != 200) {
                      wrong.add(status);
                    }
                  }
                });

    write("a.yaml", app("red", BY_RED + ", flags: {max-body-size: 1Mi}"));

    await()
        .atMost(SOON)
        .until(
            () ->
                daemon.registry().instances(RED).size() == 1
                    && instance() != red
                    && daemon.registry().instances(RED).getFirst().lifeCycle().isRunning());
    stop.set(true);
    caller.join();
    assertThat(wrong).isEmpty();
    assertThat(daemon.registry().instances(RED).getFirst().runtime().settings().maxBodySize())
        .isEqualTo(1 << 20);
  }

  @Test
  void anAppThatCannotOpenIsTriedAgainAndKeepsWhatRan() throws Exception {
    write("a.yaml", app("red", BY_RED + ", flags: {log-level: loud}") + app("blue", BY_BLUE));
    start(folder);
    assertThat(status("blue-secret")).isEqualTo(200);
    assertThat(status("red-secret")).isEqualTo(503);
    assertThat(watch.apps().status().getFirst().state()).isEqualTo("failed");
    assertThat(watch.apps().status().getFirst().reason()).contains("loud");

    write("a.yaml", app("red", BY_RED) + app("blue", BY_BLUE));
    await().atMost(SOON).until(() -> status("red-secret") == 200);
    long red = instance();
    write("a.yaml", app("red", BY_RED + ", flags: {log-level: loud}") + app("blue", BY_BLUE));
    await()
        .atMost(SOON)
        .until(() -> log.stream().anyMatch(line -> line.contains("what ran before goes on")));
    assertThat(status("red-secret")).isEqualTo(200);
    assertThat(instance()).isEqualTo(red);
  }

  @Test
  void aConfigMapIsReadAgainWhenItsFolderIsSwapped() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("mount"));
    Path first = Files.createDirectory(mount.resolve("..1"));
    Files.writeString(first.resolve("apps.yaml"), app("red", BY_RED));
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(mount.resolve("apps.yaml"), Path.of("..data/apps.yaml"));
    start(mount);
    assertThat(status("red-secret")).isEqualTo(200);

    Path second = Files.createDirectory(mount.resolve("..2"));
    Files.writeString(second.resolve("apps.yaml"), app("blue", BY_BLUE));
    Path swap = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2"));
    Files.move(
        swap,
        mount.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);

    await().atMost(SOON).until(() -> status("blue-secret") == 200 && status("red-secret") == 401);
  }

  @Test
  void anAppSeesItsOwnEnvironmentAndScopesAndHasNoListeners() throws Exception {
    Path components = Files.createDirectory(folder.resolve("components"));
    for (String name : List.of("one", "two")) {
      Files.writeString(
          components.resolve(name + ".yaml"),
          "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
              + name
              + "}\nspec: {type: state.in-memory, version: v1}\n");
    }
    write(
        "a.yaml",
        app("red", BY_RED + ", resourcesPaths: [components], scopes: [two], env: {REGION: north}"));
    start(folder.resolve("a.yaml"));

    JsonObject metadata = new JsonObject(client.get("/v1.0/metadata", TOKEN, "red-secret").text());

    assertThat(metadata.getJsonArray("components").toString())
        .contains("two")
        .doesNotContain("one");
    var instance = daemon.registry().instances(RED).getFirst().runtime();
    assertThat(instance.ports().http()).isEqualTo(-1);
    assertThat(instance.ports().grpc()).isEqualTo(-1);
    assertThat(instance.ports().internalGrpc()).isEqualTo(-1);
    assertThat(instance.ports().metrics()).isEqualTo(-1);
    assertThat(instance.settings().environment())
        .containsEntry("REGION", "north")
        .doesNotContainKey("RED_TOKEN");
    assertThat(instance.settings().environment()).doesNotContainKey("PATH");
    Files.delete(folder.resolve("a.yaml")); // the whole path goes: an accident, not an order
    await()
        .atMost(SOON)
        .until(() -> log.stream().anyMatch(line -> line.contains("what runs goes on")));
    assertThat(status("red-secret")).isEqualTo(200);
  }

  @Test
  void anAppMayHaveAPortOfItsOwnThatAsksForItsToken() throws Exception {
    write(
        "a.yaml",
        app("red", BY_RED + ", flags: {dapr-http-port: 0, dapr-listen-addresses: 127.0.0.1}"));
    start(folder);
    int port = daemon.registry().instances(RED).getFirst().runtime().ports().http();
    assertThat(port).isPositive();

    HttpApiClient own = new HttpApiClient(port);

    assertThat(own.get("/v1.0/metadata").status()).isEqualTo(401);
    assertThat(own.get("/v1.0/metadata", TOKEN, "red-secret").status()).isEqualTo(200);
    assertThat(status("red-secret")).isEqualTo(200);
  }
}
