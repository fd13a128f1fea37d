package io.jitney.daemon.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.dapr.v1.DaprMetadataProtos.GetMetadataRequest;
import io.dapr.v1.DaprMetadataProtos.GetMetadataResponse;
import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.testing.FreePort;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.tenancy.admission.Quota;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(60)
class SidecarIT {
  private static final String[] ANY_PORTS = {
    "--dapr-http-port=0",
    "--dapr-grpc-port=0",
    "--metrics-port=0",
    "--dapr-graceful-shutdown-seconds=1"
  };

  private static Daemon daemon;

  @TempDir private Path folder;

  @BeforeAll
  static void startDaemon() {
    daemon = new Daemon(2, Quota.UNLIMITED);
  }

  @AfterAll
  static void stopDaemon() throws Exception {
    daemon.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private RunningSidecar start(String... arguments) {
    List<String> all = new ArrayList<>(List.of(ANY_PORTS));
    all.addAll(List.of(arguments));
    return RunningSidecar.start(daemon, Map.of(), folder, all.toArray(new String[0]));
  }

  private static int health(int port) {
    return new HttpApiClient(port).get("/v1.0/healthz").status();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 500);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }

  @Test
  void picksPortsPrintsThemAndStopsGracefully() throws Exception {
    RunningSidecar a = start("--app-id=a").awaitReady();
    int http = a.httpPort();
    int grpc = a.port("API gRPC server is running on port ");
    int metrics = a.port("metrics server started on 0.0.0.0:");
    int internal = a.port("Internal gRPC server is running on :");
    assertThat(List.of(http, grpc, metrics, internal)).doesNotHaveDuplicates().doesNotContain(0);
    assertThat(health(http)).isEqualTo(204);
    assertThat(new HttpApiClient(metrics).get("/anything").status()).isEqualTo(200);
    assertThat(internal).isBetween(47300, 65535);
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
    assertThat(a.out())
        .contains("msg=\"Received signal 'terminated'; beginning shutdown\"")
        .contains("msg=\"Daprd shutdown gracefully\"");
    assertThat(listens(http) || listens(grpc) || listens(metrics) || listens(internal)).isFalse();
  }

  @Test
  void internalPortIsAGrpcServerWithoutServices() throws Exception {
    RunningSidecar a = start("--app-id=a").awaitReady();
    try (GrpcApiClient client = new GrpcApiClient(a.port("Internal gRPC server is running on :"))) {
      assertThat(
              client
                  .dapr(
                      "GetMetadata",
                      GetMetadataRequest.getDefaultInstance(),
                      GetMetadataResponse.parser())
                  .status())
          .isEqualTo(GrpcStatus.UNIMPLEMENTED);
    }
    a.gone();
    a.exitCode();
  }

  @Test
  void portOfAnotherTenantIsRefusedAsByTheKernelAndThatTenantGoesOn() throws Exception {
    RunningSidecar first = start("--app-id=first").awaitReady();
    int port = first.httpPort();
    RunningSidecar second =
        start(
            "--app-id=second",
            "--metrics-port=" + first.port("metrics server started on 0.0.0.0:"));
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.out())
        .contains("level=fatal msg=\"Fatal error from runtime: failed to listen on 0.0.0.0:")
        .contains("bind: address already in use\" app_id=second");
    assertThat(health(port)).isEqualTo(204);
    assertThat(first.ended()).isFalse();
    assertThat(new HttpApiClient(port).get("/v1.0/healthz?appid=first").status()).isEqualTo(204);
    first.gone();
    first.exitCode();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void apiPortThatIsTakenIsTriedForTenSecondsAndThenFatal() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      long start = System.nanoTime();
      RunningSidecar a = start("--app-id=taken", "--dapr-http-port=" + taken.getLocalPort());
      assertThat(a.exitCode()).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(13));
      assertThat(a.out())
          .contains(
              "level=fatal msg=\"Fatal error from runtime: failed to start HTTP server: could not"
                  + " listen on any endpoint\"");
    }
  }

  @Test
  void apiPortThatIsFreedMeanwhileIsTaken() throws Exception {
    int port;
    RunningSidecar a;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
      a = start("--app-id=a", "--dapr-http-port=" + port);
      Thread.sleep(400);
    }
    a.awaitReady();
    assertThat(health(port)).isEqualTo(204);
    a.gone();
    a.exitCode();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void addressThatCannotBeBoundIsSkippedIfAnotherCan() throws Exception {
    RunningSidecar a =
        start(
            "--app-id=skips",
            "--dapr-listen-addresses=127.0.0.1,[::1],192.0.2.1",
            "--log-level=debug");
    a.awaitReady();
    assertThat(a.out())
        .contains("Failed to listen for gRPC server on TCP address 192.0.2.1:")
        .contains("HTTP server listening on TCP address: 127.0.0.1:" + a.httpPort())
        .contains("HTTP server listening on TCP address: [::1]:" + a.httpPort());
    assertThat(health(a.httpPort())).isEqualTo(204);
    a.gone();
    a.exitCode();
  }

  @Test
  void internalPortIsTheSameAtEveryStart() throws Exception {
    String line = "Internal gRPC server is running on :";
    RunningSidecar a = start("--app-id=stable").awaitReady();
    int port = a.port(line);
    RunningSidecar other = start("--app-id=stable").awaitReady();
    assertThat(other.port(line)).isNotEqualTo(port);
    a.signal(ControlSignal.INT);
    assertThat(a.exitCode()).isZero();
    RunningSidecar again = start("--app-id=stable").awaitReady();
    assertThat(again.port(line)).isEqualTo(port);
    again.gone();
    other.gone();
    assertThat(again.exitCode() + other.exitCode()).isEqualTo(2);
  }

  @Test
  void waitsForTheAppWithoutEndAndServesOutboundMeanwhile() throws Exception {
    int appPort = FreePort.pick();
    RunningSidecar a =
        start("--app-id=a", "--app-port=" + appPort, "--disable-init-endpoints=config");
    a.awaitLine(
        "waiting on port "
            + appPort
            + ".  This will block until the app is listening on that port.");
    HttpApiClient client = new HttpApiClient(a.httpPort());
    assertThat(client.get("/v1.0/healthz").text()).contains("dapr is not ready: [runtime]");
    assertThat(client.get("/v1.0/healthz/outbound").status()).isEqualTo(204);
    try (ServerSocket app = new ServerSocket(appPort)) {
      a.awaitReady();
      assertThat(a.out()).contains("msg=\"application discovered on port " + appPort + "\"");
      assertThat(client.get("/v1.0/healthz").status()).isEqualTo(204);
      assertThat(app.isBound()).isTrue();
    }
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
  }

  @Test
  void appPortThatNoPortCanBeIsWaitedForToo() throws Exception {
    RunningSidecar a = start("--app-id=a", "--app-port=70000").awaitLine("waiting on port 70000");
    Thread.sleep(300);
    assertThat(a.ended()).isFalse();
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
  }

  @Test
  void hangupOpensItAnewOnTheSamePorts() throws Exception {
    int port = FreePort.pick();
    RunningSidecar a = start("--app-id=a", "--dapr-http-port=" + port).awaitReady();
    HttpApiClient client = new HttpApiClient(port);
    assertThat(client.call("PUT", "/v1.0/metadata/k", "v".getBytes()).status()).isEqualTo(204);
    assertThat(client.get("/v1.0/metadata").text()).contains("\"k\":\"v\"");
    a.signal(ControlSignal.HUP);
    a.awaitLine("Received signal 'hangup'; restarting");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> a.out().split("dapr initialized. Status: Running.", -1).length == 3);
    assertThat(client.get("/v1.0/metadata").text()).doesNotContain("\"k\":\"v\"");
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
  }

  @Test
  void blockedShutdownServesOnUntilTheTimeIsOver() throws Exception {
    RunningSidecar a = start("--app-id=a", "--dapr-block-shutdown-duration=1s").awaitReady();
    HttpApiClient client = new HttpApiClient(a.httpPort());
    a.signal(ControlSignal.TERM);
    a.awaitLine("Blocking graceful shutdown for 1s or until app reports unhealthy...");
    assertThat(client.get("/v1.0/healthz").text())
        .contains("dapr is not ready: [security-provider]");
    assertThat(client.get("/v1.0/healthz/outbound").status()).isEqualTo(204);
    assertThat(a.exitCode()).isZero();
    assertThat(a.out()).contains("Block shutdown period expired, entering shutdown...");
  }

  @Test
  void secondSignalEndsItAtOnce() throws Exception {
    RunningSidecar a = start("--app-id=a", "--dapr-block-shutdown-duration=1h").awaitReady();
    a.signal(ControlSignal.TERM);
    a.signal(ControlSignal.INT);
    assertThat(a.exitCode()).isEqualTo(1);
    assertThat(a.out())
        .contains(
            "level=fatal msg=\"Received signal 'interrupt' during shutdown; exiting immediately\"");
    Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> !listens(a.httpPort()));
  }

  @Test
  void callThatOutlastsTheGraceIsCutOff() throws Exception {
    RunningSidecar a = start("--app-id=a").awaitReady();
    try (Socket half = new Socket("127.0.0.1", a.httpPort())) {
      half.getOutputStream()
          .write(
              "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab".getBytes());
      half.getOutputStream().flush();
      Thread.sleep(200);
      a.signal(ControlSignal.TERM);
      assertThat(a.exitCode()).isEqualTo(1);
      assertThat(a.out())
          .contains("level=fatal msg=\"Graceful shutdown timeout exceeded, forcing shutdown\"");
      half.setSoTimeout(2000);
      assertThat(half.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void callThatEndsInTimeIsAnsweredBeforeTheEnd() throws Exception {
    RunningSidecar a = start("--app-id=a", "--dapr-graceful-shutdown-seconds=10").awaitReady();
    try (Socket slow = new Socket("127.0.0.1", a.httpPort())) {
      slow.getOutputStream()
          .write(
              "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab".getBytes());
      slow.getOutputStream().flush();
      Thread.sleep(200);
      a.signal(ControlSignal.TERM);
      Thread.sleep(300);
      assertThat(a.ended()).isFalse();
      slow.getOutputStream().write("cde".getBytes());
      slow.getOutputStream().flush();
      slow.setSoTimeout(5000);
      byte[] answer = new byte[12];
      assertThat(slow.getInputStream().readNBytes(answer, 0, 12)).isEqualTo(12);
      assertThat(new String(answer)).isEqualTo("HTTP/1.1 204");
    }
    assertThat(a.exitCode()).isZero();
  }

  @Test
  void launcherThatIsGoneClosesTheTenantAtOnce() throws Exception {
    RunningSidecar a = start("--app-id=a").awaitReady();
    int port = a.httpPort();
    try (Socket half = new Socket("127.0.0.1", port)) {
      half.getOutputStream()
          .write(
              "PUT /v1.0/metadata/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab".getBytes());
      a.gone();
      Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> !listens(port));
    }
    a.exitCode();
    assertThat(daemon.registry().instances()).noneMatch(i -> i.id().tenant().appId().equals("a"));
  }

  @Test
  void signalWhileItOpensEndsItGracefully() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      RunningSidecar a =
          start("--app-id=a", "--dapr-http-port=" + taken.getLocalPort(), "--log-level=debug");
      a.awaitLine("API gRPC server is running");
      a.signal(ControlSignal.TERM);
      assertThat(a.exitCode()).isZero();
      assertThat(listens(a.port("API gRPC server is running on port "))).isFalse();
    }
  }

  @Test
  void unixSocketsTakeThePlaceOfTheApiPorts() throws Exception {
    Path sockets = Files.createDirectory(folder.resolve("s"));
    RunningSidecar a = start("--app-id=a", "--unix-domain-socket=s").awaitReady();
    assertThat(a.out())
        .contains("msg=\"HTTP server is running on a Unix Domain Socket\"")
        .contains("msg=\"API gRPC server is running on a Unix Domain Socket\"");
    Path http = sockets.resolve("dapr-a-http.socket");
    assertThat(UnixHttp.get(http, "/v1.0/healthz")).startsWith("HTTP/1.1 204");
    assertThat(Files.exists(sockets.resolve("dapr-a-grpc.socket"))).isTrue();
    RunningSidecar second = start("--app-id=a", "--unix-domain-socket=s");
    assertThat(second.exitCode()).isEqualTo(1);
    assertThat(second.out()).contains("dapr-a-grpc.socket: bind: address already in use");
    assertThat(UnixHttp.get(http, "/v1.0/healthz")).startsWith("HTTP/1.1 204");
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
    assertThat(Files.exists(http)).isFalse();
  }

  @Test
  void socketThatADeadDaemonLeftIsReplaced() throws Exception {
    Path sockets = Files.createDirectory(folder.resolve("s"));
    UnixHttp.leaveBehind(sockets.resolve("dapr-a-http.socket"));
    RunningSidecar a = start("--app-id=a", "--unix-domain-socket=s").awaitReady();
    assertThat(UnixHttp.get(sockets.resolve("dapr-a-http.socket"), "/v1.0/healthz"))
        .startsWith("HTTP/1.1 204");
    a.gone();
    a.exitCode();
  }

  @Test
  void logGoesToItsFileAndIsAppended() throws Exception {
    Path file = Files.writeString(folder.resolve("daprd.log"), "before\n");
    RunningSidecar a = start("--app-id=a", "--log-file=daprd.log", "--log-as-json");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.readString(file).contains("dapr initialized. Status: Running."));
    a.signal(ControlSignal.TERM);
    assertThat(a.exitCode()).isZero();
    assertThat(a.out()).isEmpty();
    assertThat(Files.readString(file))
        .startsWith("before\n{\"app_id\":\"a\",")
        .endsWith("\"ver\":\"1.18.3\"}\n");
    RunningSidecar b = start("--app-id=b", "--log-file=none/daprd.log");
    assertThat(b.exitCode()).isEqualTo(1);
    assertThat(b.out()).contains("level=fatal msg=\"failed to open log file");
  }

  @Test
  void printsVersionAndUsageAndRefusesWhatItDoesNotKnow() throws Exception {
    RunningSidecar version = start("--version");
    assertThat(version.exitCode()).isZero();
    assertThat(version.out()).isEqualTo("1.18.3\n");
    RunningSidecar help = start("--help");
    assertThat(help.exitCode()).isZero();
    assertThat(help.err()).startsWith("Usage of daprd:");
    RunningSidecar unknown = start("--nope");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).endsWith("unknown flag: --nope\n");
    RunningSidecar build = start("--build-info");
    assertThat(build.exitCode()).isZero();
    assertThat(build.out()).startsWith("Version: 1.18.3\nGit Commit: ");
  }

  @Test
  void waitEndsWhenASidecarIsReady() throws Exception {
    int port = FreePort.pick();
    RunningSidecar waiting = RunningSidecar.start(daemon, "--wait", "--dapr-http-port=" + port);
    Thread.sleep(200);
    assertThat(waiting.ended()).isFalse();
    RunningSidecar a = start("--app-id=a", "--dapr-http-port=" + port).awaitReady();
    assertThat(waiting.exitCode()).isZero();
    assertThat(waiting.err()).contains("Dapr is outbound ready!");
    a.gone();
    a.exitCode();
  }
}
