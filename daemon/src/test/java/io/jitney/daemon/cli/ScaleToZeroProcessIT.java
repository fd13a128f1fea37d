package io.jitney.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.daemon.testing.EventResources;
import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the front door: a daemon process, a Redis, and a wake command that starts an app together
 * with its sidecar. Beside it an app whose command fails, and one that is there.
 */
class ScaleToZeroProcessIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String APPS =
      """
      apiVersion: jitney.io/v1alpha1
      kind: App
      metadata: {name: sleepy}
      spec:
        resourcesPaths: [res]
        scaleToZero:
          command: {argv: [./start.sh], env: [JITNEY_SOCKET, JITNEY_BIN, APP_PORT], timeoutSeconds: 10}
      ---
      apiVersion: jitney.io/v1alpha1
      kind: App
      metadata: {name: broken}
      spec:
        resourcesPaths: [res]
        scaleToZero: {cooldownSeconds: 1, attempts: 2, command: {argv: [/bin/false]}}
      ---
      apiVersion: jitney.io/v1alpha1
      kind: App
      metadata: {name: awake}
      spec: {apiToken: {env: AWAKE_TOKEN}, resourcesPaths: [res]}
      """;
  private static final String START =
      """
      #!/bin/sh
      echo "starting: $JITNEY_WAKE_REASON"
      setsid "$JITNEY_BIN" run --app-id sleepy --app-port "$APP_PORT" --resources-path res \
        -- python3 app.py "$APP_PORT" > sleepy.log 2>&1 < /dev/null &
      """;
  private static final String APP =
      """
      import os, sys, http.server
      open('app.pid', 'w').write(str(os.getpid()))
      class App(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.answer(b'[]')
          def do_POST(self):
              body = self.rfile.read(int(self.headers.get('content-length') or 0)).decode()
              print('GOT', self.path, body, flush=True)
              self.answer(b'{}')
          def answer(self, body):
              self.send_response(200)
              self.send_header('content-length', str(len(body)))
              self.end_headers()
              self.wfile.write(body)
          def log_message(self, *args):
              pass
      http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), App).serve_forever()
      """;

  @TempDir Path folder;
  private BuiltJitney jitney;
  private Process daemon;
  private HttpApiClient api;
  private HttpApiClient admin;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
    jitney = new BuiltJitney(folder.resolve("d.sock"));
    Files.createDirectory(folder.resolve("res"));
    Files.writeString(
        folder.resolve("res/all.yaml"),
        EventResources.redisBus(REDIS.address())
            + EventResources.subscription("orders-sub", "bus", "orders", "/orders")
            + "scopes: [sleepy]\n"
            + EventResources.everySecond("often")
            + "scopes: [broken]\n");
    Files.writeString(folder.resolve("apps.yaml"), APPS);
    Files.writeString(folder.resolve("app.py"), APP);
    Path script = Files.writeString(folder.resolve("start.sh"), START);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        folder.resolve("apps.yaml"), PosixFilePermissions.fromString("rw-r--r--"));
    int http = FreePort.pick();
    int adminPort = FreePort.pick();
    ProcessBuilder builder =
        jitney.builder(
            "jitney",
            "daemon",
            "--http-port=" + http,
            "--grpc-port=off",
            "--admin-port=" + adminPort,
            "--apps=" + folder.resolve("apps.yaml"));
    builder.environment().put("AWAKE_TOKEN", "geheim");
    builder.environment().put("APP_PORT", Integer.toString(FreePort.pick()));
    builder.environment().put("JITNEY_BIN", builder.command().getFirst());
    daemon =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("daemon.log").toFile())
            .start();
    api = new HttpApiClient(http);
    admin = new HttpApiClient(adminPort);
    await()
        .atMost(SOON)
        .until(() -> Files.readString(folder.resolve("daemon.log")).contains("daemon ready"));
    await().atMost(SOON).until(() -> admin.get("/readyz").status() == 200);
  }

  @AfterEach
  void stop() throws Exception {
    endApp();
    if (daemon != null) {
      daemon.destroy();
      if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    }
  }

  private void endApp() throws Exception {
    Path pid = folder.resolve("app.pid");
    if (Files.exists(pid)) {
      Optional<ProcessHandle> app = ProcessHandle.of(Long.parseLong(Files.readString(pid)));
      app.ifPresent(ProcessHandle::destroy);
      Files.delete(pid);
    }
  }

  private void publish(String text) {
    int status =
        api.post(
                "/v1.0/publish/bus/orders",
                "\"" + text + "\"",
                "dapr-api-token",
                "geheim",
                "content-type",
                "application/json")
            .status();
    assertThat(status).isEqualTo(204);
  }

  private boolean got(String text) throws Exception {
    Path log = folder.resolve("sleepy.log");
    return Files.exists(log)
        && Files.readAllLines(log).stream()
            .anyMatch(line -> line.contains("GOT /orders") && line.contains("\"" + text + "\""));
  }

  private String apps() throws Exception {
    return jitney.run("apps").out();
  }

  @Test
  void aCommandStartsTheAppAndTheEventArrives() throws Exception {
    await().atMost(SOON).until(() -> apps().matches("(?s).*default +sleepy +0 +- +sleeping.*"));
    publish("one");
    await().atMost(SOON).until(() -> got("one"));
    await()
        .atMost(SOON)
        .until(() -> apps().matches("(?s).*default +sleepy +1 +\\d+/\\d+ +running +ok.*"));
    assertThat(jitney.run("logs", "sleepy").out())
        .contains("waking the app: messages wait on topic orders of component bus")
        .contains("wake command: starting: messages wait on topic orders of component bus");

    await()
        .atMost(SOON)
        .until(() -> apps().matches("(?s).*default +broken +0 +- +failed +given up.*"));
    assertThat(apps()).containsPattern("default +awake +1 +node +running +ok");
    assertThat(admin.get("/metrics").text())
        .contains(
            "jitney_app_scale_to_zero{app_id=\"sleepy\",namespace=\"default\",state=\"running\"} 1")
        .contains(
            "jitney_app_scale_to_zero{app_id=\"broken\",namespace=\"default\",state=\"failed\"} 1")
        .contains("jitney_app_wake_failures_total{app_id=\"broken\",namespace=\"default\"} 2")
        .doesNotContain("wakes_total{app_id=\"awake\"");

    endApp(); // jitney run ends with it, and its sidecar too
    await()
        .atMost(SOON)
        .until(() -> apps().matches("(?s).*default +sleepy +0 +- +(sleeping|waking).*"));
    publish("two");
    await().atMost(SOON).until(() -> got("two"));
  }
}
