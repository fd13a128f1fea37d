package io.jitney.daemon.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The Dapr Python SDK with two apps on one daemon. Needs a {@code python3} (or {@code
 * JITNEY_TEST_PYTHON}) with the package {@code dapr}; {@code .ci/run} installs it.
 */
class PythonSdkIT {
  private static final Path SCRIPT = Path.of("src/test/python/two_apps.py");

  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @Test
  void twoAppsWithTheUnmodifiedSdk() throws Exception {
    String python = Program.python();
    assumeTrue(
        Program.run(python, "-c", "import dapr.clients").code() == 0,
        "no python3 with the package dapr");
    assertThat(SCRIPT).exists();
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer app =
          vertx
              .createHttpServer()
              .requestHandler(
                  request ->
                      request
                          .body()
                          .onSuccess(
                              body ->
                                  request
                                      .response()
                                      .putHeader("content-type", "text/plain")
                                      .end(
                                          request.method()
                                              + " "
                                              + request.uri()
                                              + " "
                                              + body.length())))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS);
      Sidecar a =
          DAEMON.open(
              SidecarSpec.app("app-a")
                  .component("store", "state.in-memory")
                  .component("bus", "pubsub.in-memory")
                  .component("env", "secretstores.local.env")
                  .env("WHOSE", "of-a"));
      Sidecar b =
          DAEMON.open(
              SidecarSpec.app("app-b")
                  .component("store", "state.in-memory")
                  .component("env", "secretstores.local.env")
                  .app(app.actualPort(), "http"));
      Program.Ended ended =
          Program.run(
              python,
              SCRIPT.toString(),
              Integer.toString(a.httpPort()),
              Integer.toString(a.grpcPort()),
              Integer.toString(b.httpPort()),
              Integer.toString(b.grpcPort()));
      assertThat(ended.output()).endsWith("ok\n");
      assertThat(ended.code()).isZero();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }
}
