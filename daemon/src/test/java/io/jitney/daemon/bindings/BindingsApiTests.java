package io.jitney.daemon.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.bindings.BindingsClient.Answer;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What bindings do; a subclass says over which transport they are called. Two tenants have bindings
 * of the same names.
 */
abstract class BindingsApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @TempDir Path folder;
  private final List<AutoCloseable> opened = new ArrayList<>();

  abstract BindingsClient connect(Sidecar sidecar);

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private BindingsClient open(SidecarSpec spec) {
    BindingsClient client = connect(DAEMON.open(spec));
    opened.add(client);
    return client;
  }

  private RecordingServer server(String name) {
    RecordingServer server = new RecordingServer(name);
    opened.add(server);
    return server;
  }

  private static SidecarSpec http(String app, RecordingServer outside) {
    return SidecarSpec.app(app).component("out", "bindings.http", "url", outside.url());
  }

  @Test
  void eachTenantReachesItsOwn() {
    RecordingServer ofA = server("of a");
    RecordingServer ofB = server("of b");
    BindingsClient a = open(http("a", ofA));
    BindingsClient b = open(http("b", ofB));

    Answer fromA = a.invoke("out", "post", "{\"n\":1}", Map.of("path", "x"));
    Answer fromB = b.invoke("out", "get", "null", Map.of("path", "y"));

    assertThat(fromA.data()).isEqualTo("of a");
    assertThat(fromA.metadata())
        .containsEntry("statuscode", "200")
        .containsEntry("status", "200 OK");
    assertThat(fromB.data()).isEqualTo("of b");
    assertThat(ofA.requests()).containsExactly("POST /x {\"n\":1}");
    assertThat(ofB.requests()).containsExactly("GET /y");
  }

  @Test
  void oneTenantsBindingIsNotThereForAnother() {
    RecordingServer ofA = server("of a");
    open(http("a", ofA));
    BindingsClient b = open(SidecarSpec.app("b"));

    assertThat(b.invoke("out", "get", "null", Map.of()).error())
        .isEqualTo("error invoking output binding out: couldn't find output binding out");
    assertThat(ofA.requests()).isEmpty();
  }

  @Test
  void errors() {
    BindingsClient a = open(http("a", server("of a")));

    assertThat(a.invoke("out", "", "null", Map.of()).error())
        .isEqualTo("error invoking output binding out: operation field is missing from request");
    assertThat(a.invoke("out", "fly", "null", Map.of()).error())
        .isEqualTo(
            "error invoking output binding out: binding out does not support operation fly."
                + " supported operations:create get head post put patch delete options trace");
    assertThat(a.invoke("out", "get", "null", Map.of("path", "status/503")).error())
        .isEqualTo("error invoking output binding out: received status code 503");
  }

  @Test
  void aServerThatIsDownIsItsTenantsProblem() {
    RecordingServer ofB = server("of b");
    BindingsClient a =
        open(SidecarSpec.app("a").component("out", "bindings.http", "url", "http://127.0.0.1:1"));
    BindingsClient b = open(http("b", ofB));

    assertThat(a.invoke("out", "get", "null", Map.of()).error())
        .isEqualTo(
            "error invoking output binding out: Get \"http://127.0.0.1:1\": dial tcp 127.0.0.1:1:"
                + " connect: connection refused");
    assertThat(b.invoke("out", "get", "null", Map.of()).data()).isEqualTo("of b");
  }

  @Test
  void filesStayInTheTenantsFolder() throws Exception {
    Files.createDirectories(folder.resolve("b"));
    Files.writeString(folder.resolve("b/secret"), "of b");
    BindingsClient a = open(files("a"));
    BindingsClient b = open(files("b"));

    assertThat(a.invoke("files", "create", "\"mine!\"", Map.of("fileName", "x")).data())
        .isEqualTo("{\"fileName\":\"x\"}");
    assertThat(a.invoke("files", "get", "null", Map.of("fileName", "../b/secret")).error())
        .endsWith("file not found: " + folder.toRealPath().resolve("a/b/secret"));
    assertThat(b.invoke("files", "get", "null", Map.of("fileName", "secret")).data())
        .isEqualTo("of b");
    assertThat(b.invoke("files", "get", "null", Map.of("fileName", "x")).error())
        .contains("file not found");
    assertThat(Files.readString(folder.resolve("a/x"))).isEqualTo("mine!");
  }

  private SidecarSpec files(String app) {
    return SidecarSpec.app(app)
        .component("files", "bindings.localstorage", "rootPath", folder.resolve(app).toString());
  }

  @Test
  void eventsGoToTheTenantsOwnAppAndEndWithIt() {
    RecordingServer appA = server("a");
    RecordingServer appB = server("b");
    SidecarSpec cron =
        SidecarSpec.app("a").component("tick", "bindings.cron", "schedule", "@every 1s");
    Sidecar a = DAEMON.open(cron.app(appA.port(), "http"));
    DAEMON.open(
        SidecarSpec.app("b")
            .component("tock", "bindings.cron", "schedule", "@every 1s", "route", "/r")
            .app(appB.port(), "http"));

    await().until(() -> appA.requests().contains("POST /tick"));
    await().until(() -> appB.requests().contains("POST /r"));
    assertThat(appA.requests()).contains("OPTIONS /tick").noneMatch(line -> line.contains("/r"));
    assertThat(appB.requests()).contains("OPTIONS /r").noneMatch(line -> line.contains("/tick"));
    a.close();
    int before = appA.requests().size();
    int ofB = appB.requests().size();
    await().atMost(Duration.ofSeconds(5)).until(() -> appB.requests().size() >= ofB + 2);
    assertThat(appA.requests()).hasSize(before);
  }
}
