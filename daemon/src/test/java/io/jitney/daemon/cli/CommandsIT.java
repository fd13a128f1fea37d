package io.jitney.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.HttpApiClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a daemon, all as processes. */
class CommandsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String APP =
      "apiVersion: jitney.io/v1alpha1\nkind: App\nmetadata: {name: filed, namespace: shop}\n"
          + "spec: {apiToken: {env: FILED_TOKEN}, quota: {rate: 1000}}\n";

  @TempDir static Path folder;
  private static BuiltJitney jitney;
  private static final List<Process> started = new ArrayList<>();
  private static int httpPort;
  private static int adminPort;

  @BeforeAll
  static void startDaemon() throws Exception {
    Path socket = folder.resolve("d.sock");
    jitney = new BuiltJitney(socket);
    Path apps = Files.createDirectory(folder.resolve("apps"));
    Files.writeString(apps.resolve("a.yaml"), APP + "---\nkind: App\n");
    httpPort = FreePort.pick();
    adminPort = FreePort.pick();
    ProcessBuilder builder =
        jitney.builder(
            "jitney",
            "daemon",
            "--http-port=" + httpPort,
            "--grpc-port",
            "0",
            "--admin-port=" + adminPort,
            "--apps=" + apps);
    builder.environment().put("FILED_TOKEN", "filed-secret");
    Process daemon =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile())
            .start();
    started.add(daemon);
    await().atMost(SOON).until(() -> Files.exists(socket) || !daemon.isAlive());
    assertThat(daemon.isAlive()).as(Files.readString(folder.resolve("daemon.log"))).isTrue();
  }

  @AfterAll
  static void stopAll() throws Exception {
    for (Process process : started.reversed()) {
      process.destroy();
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private Process launch(String appId, Path output) throws IOException {
    Process launcher =
        jitney
            .builder(
                "daprd",
                "--app-id=" + appId,
                "--dapr-http-port=0",
                "--dapr-grpc-port=0",
                "--metrics-port=0",
                "--dapr-listen-addresses=127.0.0.1",
                "--dapr-graceful-shutdown-seconds=1")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(launcher);
    await().atMost(SOON).until(() -> Files.readString(output).contains("dapr initialized"));
    return launcher;
  }

  @Test
  void appsLogsAndStopFollowASidecarFromItsOpeningToItsEnd() throws Exception {
    Process launcher = launch("launched", folder.resolve("launched.log"));
    Process follower = jitney.start("jitney", "logs", "-f", "-n", "2", "launched");

    BuiltJitney.Ended table = jitney.run("apps");
    JsonArray json = new JsonArray(jitney.run("apps", "-o", "json").out());
    BuiltJitney.Ended logs = jitney.run("logs", "launched");
    BuiltJitney.Ended stopped = jitney.run("stop", "default/launched");

    assertThat(table.out()).containsPattern("default +launched +1 +\\d+/\\d+ +running +ok");
    assertThat(table.out()).containsPattern("shop +filed +1 +node +running");
    assertThat(json.encode())
        .contains("\"origin\":\"launcher\"", "\"origin\":\"apps file\"", "a.yaml");
    assertThat(logs.out()).contains("dapr initialized").contains("app_id=launched");
    assertThat(stopped.out()).isEqualTo("default/launched: 1 sidecar stops\n");
    assertThat(launcher.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).isZero();
    BuiltJitney.Ended followed = BuiltJitney.end(follower);
    assertThat(followed.code()).isZero();
    assertThat(followed.out()).contains("Daprd shutdown gracefully");
    assertThat(jitney.run("apps").out()).doesNotContain("launched");
  }

  @Test
  void statusAndAdminPortTellOfTheDaemonAndOfBrokenFiles() throws Exception {
    JsonObject status = new JsonObject(jitney.run("status", "-o", "json").out());

    assertThat(status.getInteger("httpPort")).isEqualTo(httpPort);
    assertThat(status.getInteger("grpcPort")).isPositive();
    assertThat(status.getLong("pid")).isEqualTo(started.getFirst().pid());
    assertThat(status.getJsonObject("memory").getLong("pss")).isGreaterThan(10_000_000L);
    assertThat(status.getJsonArray("problems").encode()).contains("document 2, apiVersion");
    assertThat(jitney.run("status").out()).contains("HTTP API " + httpPort).contains("problem");
    assertThat(jitney.run("version").out())
        .contains("Dapr 1.18.3")
        .contains("daemon ")
        .contains("pid " + started.getFirst().pid());
    assertThat(new HttpApiClient(adminPort).get("/readyz").status()).isEqualTo(200);
    assertThat(new HttpApiClient(adminPort).get("/metrics").text())
        .contains("app_id=\"filed\",namespace=\"shop\"");
    HttpApiClient shared = new HttpApiClient(httpPort);
    assertThat(shared.get("/v1.0/metadata").status()).isEqualTo(401);
    assertThat(shared.get("/v1.0/metadata", "dapr-api-token", "filed-secret").text())
        .contains("\"id\":\"filed\"");
  }

  @Test
  void errorsSayWhatToDoNext() throws Exception {
    assertThat(jitney.run("stop", "filed").err()).contains("declared in an apps file");
    BuiltJitney.Ended nobody = jitney.run("logs", "nobody");
    assertThat(nobody.code()).isEqualTo(1);
    assertThat(nobody.err())
        .isEqualTo("jitney: no app nobody runs here: jitney apps lists those that do\n");
    assertThat(jitney.run("stop").code()).isEqualTo(2);
    assertThat(jitney.run("sotp", "x").code()).isEqualTo(2);
    BuiltJitney.Ended second = jitney.run("daemon");
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains("is running at").contains("JITNEY_SOCKET");
    BuiltJitney elsewhere = new BuiltJitney(folder.resolve("other.sock"));
    BuiltJitney.Ended none = elsewhere.run("apps");
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err())
        .contains("no daemon at " + folder.resolve("other.sock"))
        .contains("jitney daemon");
    BuiltJitney.Ended busy =
        elsewhere.run("daemon", "--http-port=" + httpPort, "--grpc-port=off", "--admin-port=off");
    assertThat(busy.code()).isEqualTo(1);
    assertThat(busy.err())
        .contains("address already in use")
        .contains("--http-port")
        .contains("JITNEY_HTTP_PORT");
    BuiltJitney.Ended admin =
        elsewhere.run("daemon", "--http-port=off", "--grpc-port=off", "--admin-port=" + adminPort);
    assertThat(admin.code()).isEqualTo(1);
    assertThat(admin.err()).contains("--admin-port");
    assertThat(Files.exists(folder.resolve("other.sock"))).isFalse();
  }

  @Test
  void helpTeaches() throws Exception {
    assertThat(jitney.run("--help").out())
        .contains("daemon", "run", "apps", "stop", "logs", "status", "version", "demo");
    assertThat(jitney.run("daemon", "--help").out())
        .contains("--apps=PATH", "[JITNEY_APPS]", "Default: 3500");
    for (String command : List.of("run", "apps", "stop", "logs", "status", "version", "demo")) {
      BuiltJitney.Ended help = jitney.run(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).startsWith("Usage: jitney " + command);
    }
  }

  @Test
  void runGivesTheAppItsEnvironmentAndItsExitCodeBack() throws Exception {
    BuiltJitney.Ended ended =
        jitney.run(
            "run",
            "-a",
            "runner",
            "--log-level=warn",
            "--",
            "/bin/sh",
            "-c",
            "echo \"I am $APP_ID, API on $DAPR_HTTP_PORT and $DAPR_GRPC_PORT\"; exit 7");

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.out()).containsPattern("== APP == I am runner, API on \\d+ and \\d+\n");
  }

  @Test
  void runPassesSignalsOnAndEndsTheSidecarWithTheApp() throws Exception {
    Path output = folder.resolve("run.log");
    Process run =
        jitney
            .builder(
                "jitney",
                "run",
                "-a",
                "signalled",
                "--",
                "/bin/sh",
                "-c",
                "trap 'echo goodbye; exit 3' TERM; echo hello; while true; do sleep 0.1; done")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    started.add(run);
    await().atMost(SOON).until(() -> Files.readString(output).contains("== APP == hello"));
    assertThat(jitney.run("apps").out()).contains("signalled");

    run.destroy();

    assertThat(run.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).isEqualTo(3);
    assertThat(Files.readString(output))
        .contains("== APP == goodbye")
        .contains("Daprd shutdown gracefully");
    assertThat(jitney.run("apps").out()).doesNotContain("signalled");
  }

  @Test
  void runEndsTheAppWhenItsSidecarCannotStartOrEnds() throws Exception {
    BuiltJitney.Ended wrong = jitney.run("run", "-a", "a.b", "--", "/bin/sh", "-c", "echo never");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.out()).contains("app-id cannot contain dots").doesNotContain("never");
    assertThat(wrong.err()).contains("the sidecar did not start");

    Process run = jitney.start("jitney", "run", "-a", "orphan", "--", "/bin/sleep", "60");
    started.add(run);
    await().atMost(SOON).until(() -> jitney.run("stop", "orphan").code() == 0);
    BuiltJitney.Ended ended = BuiltJitney.end(run);
    assertThat(ended.code()).isNotZero();
    assertThat(ended.err()).contains("the sidecar ended before the app");
  }
}
