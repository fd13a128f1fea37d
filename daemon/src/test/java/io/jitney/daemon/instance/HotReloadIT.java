package io.jitney.daemon.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.resources.HttpEndpoint;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.SidecarSpec;
import io.jitney.daemon.testing.TestSettings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Components follow their files, each tenant's its own. */
class HotReloadIT {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @TempDir Path folder;

  private static String component(String name, String type) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: %s}\nspec: {type: %s, version: v1}\n"
        .formatted(name, type);
  }

  private OpenSidecar open(String app, String... configuration) {
    SidecarSpec spec =
        SidecarSpec.app(app).folder(folder).resource("s.yaml", component("s", "state.in-memory"));
    return (OpenSidecar)
        DAEMON.open(configuration.length == 0 ? spec : spec.configuration(configuration[0]));
  }

  private Path file(String app, String name) {
    return folder.resolve("resources-" + app).resolve(name);
  }

  private static List<String> names(OpenSidecar sidecar) {
    return sidecar.opened().instance().components().loaded().stream()
        .map(ComponentSet.Loaded::name)
        .toList();
  }

  private static void awaitNames(OpenSidecar sidecar, String... names) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(names(sidecar)).containsExactly(names));
  }

  @Test
  void filesComeChangeAndGo() throws Exception {
    OpenSidecar a = open("a");
    OpenSidecar b = open("b");
    awaitNames(a, "s");
    Object before = a.opened().instance().components().state("s");
    Files.writeString(file("a", "t.yaml"), component("t", "state.in-memory"));
    awaitNames(a, "s", "t");
    assertThat(a.opened().instance().components().state("s")).isSameAs(before);
    Files.writeString(file("a", "s.yaml"), "a: [");
    awaitNames(a, "t");
    Files.writeString(file("a", "s.yaml"), component("s", "state.in-memory"));
    awaitNames(a, "t", "s");
    Files.delete(file("a", "t.yaml"));
    awaitNames(a, "s");
    assertThat(names(b)).containsExactly("s");
    assertThat(b.log()).noneMatch(line -> line.contains("Component loaded: t"));
  }

  @Test
  void aStormOfChangesEndsInTheLastState() throws Exception {
    OpenSidecar a = open("a");
    OpenSidecar b = open("b");
    Object untouched = b.opened().instance().components().state("s");
    for (int change = 0; change < 1_000; change++) {
      Path file = file("a", "storm-" + change % 7 + ".yaml");
      switch (change % 3) {
        case 0 -> Files.writeString(file, component("c" + change, "state.in-memory"));
        case 1 -> Files.writeString(file, retries(change) + "---\n" + endpoint("e" + change));
        default -> Files.deleteIfExists(file);
      }
    }
    for (int file = 0; file < 7; file++) {
      Files.deleteIfExists(file("a", "storm-" + file + ".yaml"));
    }
    Files.writeString(file("a", "last.yaml"), component("last", "state.in-memory"));
    // Of a file's documents only the first is taken for a Resiliency, as in daprd.
    Files.writeString(file("a", "more.yaml"), retries(3) + "---\n" + endpoint("ep"));

    awaitNames(a, "s", "last");
    AppInstance instance = a.opened().instance();
    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(instance.httpEndpoints())
                  .extracting(HttpEndpoint::name)
                  .containsExactly("ep");
              assertThat(instance.resiliency().names()).containsExactly("r3");
            });
    assertThat(b.opened().instance().components().state("s")).isSameAs(untouched);
    assertThat(b.opened().instance().httpEndpoints()).isEmpty();
    assertThat(b.opened().instance().resiliency().names()).isEmpty();
  }

  @Test
  void stormsOfSeveralTenantsEndInTheLastStateOfEach() throws Exception {
    OpenSidecar quiet = open("quiet");
    Object untouched = quiet.opened().instance().components().state("s");
    List<String> apps = List.of("a", "b", "c");
    Map<String, OpenSidecar> open = new HashMap<>();
    apps.forEach(app -> open.put(app, open(app)));
    List<Thread> storms = new ArrayList<>();
    for (String app : apps) {
      storms.add(Thread.ofVirtual().start(() -> storm(app)));
    }
    for (Thread storm : storms) {
      storm.join();
    }

    for (String app : apps) {
      OpenSidecar sidecar = open.get(app);
      AppInstance instance = sidecar.opened().instance();
      Awaitility.await()
          .untilAsserted(
              () -> {
                assertThat(names(sidecar)).containsExactlyInAnyOrder("s", "p", "last-" + app);
                assertThat(instance.httpEndpoints())
                    .extracting(HttpEndpoint::name)
                    .containsExactly("e-" + app);
                assertThat(instance.resiliency().names()).containsExactly("r1000");
                assertThat(subscriptions(sidecar)).containsExactly("end-" + app, "kept");
              });
    }
    assertThat(names(quiet)).containsExactly("s");
    assertThat(quiet.opened().instance().components().state("s")).isSameAs(untouched);
    assertThat(subscriptions(quiet)).isEmpty();
  }

  /** A thousand changes of every kind of resource, and then the last state. */
  private void storm(String app) {
    try {
      Files.writeString(file(app, "p.yaml"), component("p", "pubsub.in-memory"));
      Files.writeString(file(app, "kept.yaml"), subscription("kept", "kept"));
      for (int change = 0; change < 1_000; change++) {
        Path file = file(app, "storm-" + change % 7 + ".yaml");
        switch (change % 5) {
          case 0 -> Files.writeString(file, component("c" + change % 7, "state.in-memory"));
          case 1 -> Files.writeString(file, endpoint("e" + change));
          case 2 -> Files.writeString(file, retries(change));
          case 3 -> Files.writeString(file, subscription("s" + change % 7, "t" + change));
          default -> Files.deleteIfExists(file);
        }
      }
      for (int file = 0; file < 7; file++) {
        Files.deleteIfExists(file(app, "storm-" + file + ".yaml"));
      }
      Files.writeString(file(app, "last.yaml"), component("last-" + app, "state.in-memory"));
      Files.writeString(file(app, "e.yaml"), endpoint("e-" + app));
      Files.writeString(file(app, "r.yaml"), retries(1_000));
      Files.writeString(file(app, "end.yaml"), subscription("end", "end-" + app));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static List<String> subscriptions(OpenSidecar sidecar) {
    JsonArray listed =
        new JsonObject(sidecar.http().get("/v1.0/metadata").text()).getJsonArray("subscriptions");
    return listed == null
        ? List.of()
        : listed.stream().map(one -> ((JsonObject) one).getString("topic")).sorted().toList();
  }

  private static String subscription(String name, String topic) {
    return "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: %s}\nspec: {pubsubname: p, topic: %s, routes: {default: /x}}\n"
        .formatted(name, topic);
  }

  private static String endpoint(String name) {
    return "apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: {name: %s}\nspec: {baseUrl: \"http://127.0.0.1:1\"}\n"
        .formatted(name);
  }

  private static String retries(int number) {
    return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: r%d}\nspec: {policies: {timeouts: {t: 5s}}}\n"
        .formatted(number);
  }

  @Test
  void aBadChangeEndsItsTenantAlone() throws Exception {
    OpenSidecar a = open("a");
    OpenSidecar b = open("b");
    CompletableFuture<StartupFailure> ended = new CompletableFuture<>();
    a.opened().instance().onFailure(ended::complete);
    b.opened()
        .instance()
        .onFailure(failure -> ended.completeExceptionally(new AssertionError(failure)));
    Files.writeString(file("a", "t.yaml"), component("s", "pubsub.redis"));
    assertThat(ended.get(10, TimeUnit.SECONDS))
        .hasMessageContaining("duplicate definition of Component name s (pubsub.redis/v1)");
    assertThat(names(b)).containsExactly("s");
  }

  @Test
  void aRuleThatDoesNotCompileEndsItsTenantAlone() throws Exception {
    OpenSidecar a = open("a");
    OpenSidecar b = open("b");
    for (String app : List.of("a", "b")) {
      Files.writeString(file(app, "p.yaml"), component("p", "pubsub.in-memory"));
      Files.writeString(file(app, "sub.yaml"), subscription("sub", "good"));
    }
    for (OpenSidecar sidecar : List.of(a, b)) {
      Awaitility.await()
          .untilAsserted(() -> assertThat(subscriptions(sidecar)).containsExactly("good"));
    }
    CompletableFuture<StartupFailure> ended = new CompletableFuture<>();
    a.opened().instance().onFailure(ended::complete);
    b.opened()
        .instance()
        .onFailure(failure -> ended.completeExceptionally(new AssertionError(failure)));
    Files.writeString(
        file("a", "bad.yaml"),
        subscription("bad", "bad")
            .replace("{default: /x}", "{rules: [{match: 'event.type ==', path: /y}]}"));
    assertThat(ended.get(10, TimeUnit.SECONDS).getMessage())
        .startsWith("failed to load subscription bad");
    assertThat(subscriptions(b)).containsExactly("good");
  }

  @Test
  void aComponentThatMayFailIsLeftOutAndComesBackWhenItIsMended() throws Exception {
    OpenSidecar a = open("a");
    Files.writeString(
        file("a", "t.yaml"),
        component("t", "state.redis").replace("v1}", "v1, ignoreErrors: true}"));
    Files.writeString(file("a", "u.yaml"), component("u", "state.in-memory"));
    awaitNames(a, "s", "u");
    assertThat(a.log()).anyMatch(line -> line.contains("process component t error: "));
    Files.writeString(file("a", "t.yaml"), component("t", "state.in-memory"));
    awaitNames(a, "s", "u", "t");
  }

  @Test
  void withTheFeatureOffNothingIsWatched() throws Exception {
    InProcessDaemon daemon = (InProcessDaemon) DAEMON.daemon();
    int before = daemon.daemon().node().folders().size();
    OpenSidecar a = open("a", "spec: {features: [{name: HotReload, enabled: false}]}");
    assertThat(daemon.daemon().node().folders().size()).isEqualTo(before);
    OpenSidecar b = open("b");
    OpenSidecar c = open("c");
    assertThat(daemon.daemon().node().folders().size()).isEqualTo(before + 2);
    Files.writeString(file("a", "t.yaml"), component("t", "state.in-memory"));
    Files.writeString(file("b", "t.yaml"), component("t", "state.in-memory"));
    awaitNames(b, "s", "t");
    assertThat(names(a)).containsExactly("s");
    b.close();
    c.close();
    assertThat(daemon.daemon().node().folders().size()).isEqualTo(before);
  }

  @Test
  void aMissingFolderEndsTheStart() {
    InProcessDaemon daemon = (InProcessDaemon) DAEMON.daemon();
    Path missing = folder.resolve("nowhere");
    assertThatThrownBy(
            () ->
                daemon
                    .daemon()
                    .opener()
                    .open(
                        TestSettings.of("a", Map.of(), List.of(missing), List.of()),
                        new RecordedLog()))
        .isInstanceOf(StartupFailure.class)
        .hasMessage(
            "failed to create watcher: failed to add target "
                + missing
                + ": no such file or directory");
  }
}
