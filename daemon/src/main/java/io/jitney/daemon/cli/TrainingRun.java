package io.jitney.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlClient;
import io.jitney.daemon.control.ControlPath;
import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.OpenRequest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code Main train}: the run from which the build makes the AOT cache. Does what a daemon does in
 * its first seconds: opens virtual sidecars through the control socket, serves their apps' calls
 * over both fronts, and closes them; then the same once as a private daemon. Needs nothing but
 * itself: an in-memory store and an app in this process.
 */
final class TrainingRun {
  private static final int ROUNDS = 300;
  private static final long PATIENCE_SECONDS = 30;
  private static final String STATE =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: statestore
      spec:
        type: state.in-memory
        version: v1
      """;
  private static final String OTHER_STORES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: file
      spec:
        type: state.sqlite
        version: v1
        metadata:
        - name: connectionString
          value: train.db
      ---
      # Nobody answers there: what counts is that the classes of the client are in the cache.
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: redis
      spec:
        type: state.redis
        version: v1
        ignoreErrors: true
        initTimeout: 2s
        metadata:
        - name: redisHost
          value: 127.0.0.1:1
        - name: redisMaxRetries
          value: "-1"
      """;
  private static final String CONFIGURATION =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Configuration
      metadata:
        name: config
      spec:
        tracing:
          samplingRate: "0"
      """;

  private final Path folder;
  private final ControlPath socket;

  private TrainingRun(Path folder) {
    this.folder = folder;
    this.socket = new ControlPath(folder.resolve("d.sock"), true);
  }

  /** Exit code 0 when everything was as it should be. */
  static int run() {
    try {
      Path folder = Files.createTempDirectory("jitney-train-");
      try {
        return new TrainingRun(folder).train();
      } finally {
        delete(folder);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return 1;
    } catch (Exception failure) {
      failure.printStackTrace();
      return 1;
    }
  }

  private int train() throws Exception {
    Path resources = Files.createDirectory(folder.resolve("resources"));
    Files.writeString(resources.resolve("others.yaml"), OTHER_STORES);
    Path state = Files.createDirectory(folder.resolve("state"));
    Files.writeString(state.resolve("statestore.yaml"), STATE);
    Files.writeString(folder.resolve("config.yaml"), CONFIGURATION);
    Vertx vertx = Vertx.vertx();
    int app = listenAsApp(vertx);
    int code = trainNode(app);
    if (code == 0) {
      code = trainPrivate(state, app);
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return code;
  }

  /** An app that answers everything with what it got. */
  private static int listenAsApp(Vertx vertx) throws Exception {
    HttpServer app = vertx.createHttpServer();
    app.requestHandler(
        request ->
            request
                .body()
                .onSuccess(
                    body ->
                        request
                            .response()
                            .putHeader("content-type", "application/json")
                            .end(body)));
    return app.listen(0, "127.0.0.1")
        .map(HttpServer::actualPort)
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private int trainNode(int app) throws Exception {
    CompletableFuture<NodeDaemon> made = new CompletableFuture<>();
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    Map<String, String> environment = Map.of(ControlPath.VARIABLE, socket.path().toString());
    List<String> arguments = List.of("--http-port=0", "--grpc-port=0", "--admin-port=0");
    Thread.ofPlatform()
        .name("node-daemon")
        .start(() -> ended.complete(NodeDaemon.run(arguments, environment, made::complete)));
    Launched a = launch("a", app);
    Launched b = launch("b", app, "--log-as-json", "--config=config.yaml", "--enable-api-logging");
    int strange = new TrainingCalls(a.httpPort, a.grpcPort, a.metricsPort).run(ROUNDS);
    strange += new TrainingCalls(b.httpPort, b.grpcPort, b.metricsPort).run(1);
    try (ControlClient client = connect()) {
      client.request(new JsonObject().put("op", "status"), Duration.ofSeconds(PATIENCE_SECONDS));
    }
    a.stop();
    b.stop();
    made.get(PATIENCE_SECONDS, TimeUnit.SECONDS).stop();
    if (strange > 0) {
      throw new IllegalStateException(strange + " calls were not answered as they should be");
    }
    return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The process of one app, which ends by the shutdown API. */
  private int trainPrivate(Path resources, int app) throws Exception {
    int port;
    try (FreePorts ports = new FreePorts()) {
      port = ports.next();
    }
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    List<String> arguments =
        List.of(
            "--app-id=p",
            "--app-port=" + app,
            "--dapr-http-port=" + port,
            "--dapr-grpc-port=0",
            "--metrics-port=0",
            "--resources-path=" + resources);
    Thread.ofPlatform()
        .name("private-daemon")
        .start(() -> ended.complete(PrivateDaemon.run(arguments)));
    TrainingCalls.shutdown(port);
    return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private ControlClient connect() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      Optional<ControlClient> client = ControlClient.connect(socket);
      if (client.isPresent()) {
        return client.get();
      }
      if (System.nanoTime() > end) {
        throw new IOException("no daemon at " + socket);
      }
      Thread.sleep(5);
    }
  }

  private Launched launch(String appId, int app, String... more) throws Exception {
    List<String> arguments =
        Stream.concat(
                Stream.of(
                    "--app-id=" + appId,
                    "--app-port=" + app,
                    "--dapr-http-port=0",
                    "--dapr-grpc-port=0",
                    "--metrics-port=0",
                    "--dapr-listen-addresses=127.0.0.1",
                    "--resources-path=state,resources"),
                Stream.of(more))
            .toList();
    Launched launched =
        new Launched(connect(), new OpenRequest(arguments, Map.of("PATH", "/bin"), folder));
    launched.awaitReady();
    return launched;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** A virtual sidecar, seen from its launcher's place. */
  private static final class Launched {
    private final ControlClient client;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private int httpPort;
    private int grpcPort;
    private int metricsPort;

    Launched(ControlClient client, OpenRequest request) {
      this.client = client;
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  code.complete(client.open(request, log, OutputStream.nullOutputStream()));
                } catch (IOException failure) {
                  code.completeExceptionally(failure);
                }
              });
    }

    void awaitReady() throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!log.toString(UTF_8).contains("dapr initialized")) {
        if (code.isDone() || System.nanoTime() > end) {
          throw new IllegalStateException("a sidecar is not ready:\n" + log.toString(UTF_8));
        }
        Thread.sleep(5);
      }
      httpPort = port("HTTP server is running on port ");
      grpcPort = port("API gRPC server is running on port ");
      metricsPort = port("metrics server started on 0.0.0.0:");
    }

    private int port(String before) {
      Pattern pattern = Pattern.compile(Pattern.quote(before) + "(\\d+)");
      Matcher matcher = pattern.matcher(log.toString(UTF_8));
      if (!matcher.find()) {
        throw new IllegalStateException("no port behind \"" + before + "\"");
      }
      return Integer.parseInt(matcher.group(1));
    }

    /** Stops it as SIGTERM does. */
    void stop() throws Exception {
      client.signal(ControlSignal.TERM);
      int exitCode = code.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      client.close();
      if (exitCode != 0) {
        throw new IllegalStateException(
            "a sidecar ended with " + exitCode + ":\n" + log.toString(UTF_8));
      }
    }
  }
}
