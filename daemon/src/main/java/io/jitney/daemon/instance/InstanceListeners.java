package io.jitney.daemon.instance;

import io.jitney.daemon.connection.Door;
import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.node.ListenerGroup;
import io.jitney.daemon.node.ListenerOptions;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.node.PortBinding;
import io.jitney.daemon.node.ProcessFacts;
import io.jitney.daemon.telemetry.InstanceLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one virtual sidecar, opened in daprd's order and closed in two steps. The API ports
 * are served on all event loops, the others on one, to cost little. Opening blocks; one thread
 * opens and closes.
 */
final class InstanceListeners {
  /** How long daprd tries to bind before it gives up. */
  private static final long PATIENCE_MILLIS = 10_000;

  /** For calls that may take any time to end. */
  private static final long NO_LIMIT_MILLIS = 365L * 24 * 3600 * 1000;

  private static final long METRICS_END_MILLIS = 5000;
  private static final String NOWHERE = "could not listen on any endpoint";

  private final Node node;
  private final AppInstance instance;
  private final HttpApi httpApi;
  private final GrpcApi grpcApi;
  private final InstanceSettings.Listen listen;
  private final ListenerOptions options;
  private final InstanceLog log;
  private final List<Context> oneLoop;
  private final List<ListenerGroup> http = new ArrayList<>(1);
  private final List<ListenerGroup> grpc = new ArrayList<>(1);
  private final List<SocketFile> socketFiles = new ArrayList<>(0);
  private @Nullable ListenerGroup pub;
  private @Nullable ListenerGroup internal;
  private @Nullable ListenerGroup metrics;

  InstanceListeners(Node node, AppInstance instance, HttpApi httpApi, GrpcApi grpcApi) {
    this.node = node;
    this.instance = instance;
    this.httpApi = httpApi;
    this.grpcApi = grpcApi;
    this.listen = instance.settings().listen();
    this.options =
        new ListenerOptions(
            instance.settings().readBufferSize(), instance.settings().http2Cleartext());
    this.log = instance.log();
    int loop = (int) (instance.id().number() % node.loops().size());
    this.oneLoop = List.of(node.loops().get(loop));
  }

  /** The Prometheus page; a port that is taken is fatal at once. */
  void openMetrics() throws StartupFailure, InterruptedException {
    if (!instance.settings().metricsEnabled() || listen.metricsPort() < 0) {
      return;
    }
    String host = listen.metricsAddress();
    try {
      PortBinding binding = new PortBinding(node, oneLoop, options.plain());
      metrics =
          binding.bind(host, listen.metricsPort(), 0, handlers(Door.Kind.HTTP, () -> this::scrape));
    } catch (IOException failure) {
      throw new StartupFailure(
          1,
          "failed to listen on " + host + ":" + listen.metricsPort() + ": " + failure.getMessage());
    }
    log.info("dapr.runtime", "metrics server started on " + host + ":" + metrics.port() + "/");
    ports();
  }

  private void scrape(HttpServerRequest request) {
    request
        .response()
        .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
        .end(instance.metrics().scrape() + refusals());
  }

  /**
   * Jitney's own addition to daprd's metrics: what the tenant was refused; "" while nothing was.
   */
  private String refusals() {
    StringBuilder text = new StringBuilder();
    instance
        .admission()
        .counts()
        .refusals()
        .forEach(
            (reason, count) ->
                text.append("jitney_calls_refused_total{app_id=\"")
                    .append(instance.appId().replace("\\", "\\\\").replace("\"", "\\\""))
                    .append("\",reason=\"")
                    .append(reason.code())
                    .append("\"} ")
                    .append(count)
                    .append('\n'));
    return text.isEmpty() ? "" : "# TYPE jitney_calls_refused_total counter\n" + text;
  }

  /**
   * Takes the internal gRPC port before components are opened, so that none of their connections
   * gets its number. Not fatal: {@link #openInternal} tries once more.
   */
  void reserveInternal() throws InterruptedException {
    if (listen.internalGrpcPort() < 0) {
      return;
    }
    try {
      internal = bindInternal(PATIENCE_MILLIS);
      log.debug("dapr.runtime", "Internal gRPC port reserved: " + internal.port());
    } catch (IOException failure) {
      log.warn(
          "dapr.runtime",
          "could not reserve internal gRPC port before component initialization; it will be bound"
              + " when the internal gRPC server starts: "
              + failure.getMessage());
    }
    ports();
  }

  private ListenerGroup bindInternal(long patienceMillis) throws IOException, InterruptedException {
    String host = listen.internalGrpcAddress();
    PortBinding binding = new PortBinding(node, oneLoop, options.grpc());
    ListenerGroup.Handlers handlers =
        handlers(Door.Kind.GRPC, () -> new InternalGrpc(node.vertx()));
    if (listen.internalGrpcPort() != 0) {
      return binding.bind(host, listen.internalGrpcPort(), patienceMillis, handlers);
    }
    InstanceSettings settings = instance.settings();
    int stable =
        StablePort.of(
            settings.appId(), settings.workingDirectory(), ProcessFacts.uid(), ProcessFacts.host());
    try {
      return binding.bind(host, stable, 0, handlers);
    } catch (IOException taken) {
      return binding.bind(host, 0, patienceMillis, handlers);
    }
  }

  void openInternal() throws StartupFailure, InterruptedException {
    if (listen.internalGrpcPort() < 0) {
      return;
    }
    String scope = "dapr.runtime.grpc.internal";
    ListenerGroup open = internal;
    try {
      if (open == null) {
        open = bindInternal(0);
        internal = open;
      }
    } catch (IOException failure) {
      log.error(
          scope,
          "Failed to listen for gRPC server on TCP address "
              + listen.internalGrpcAddress()
              + ":"
              + listen.internalGrpcPort()
              + " with error: "
              + failure.getMessage());
      throw new StartupFailure(1, "failed to start internal gRPC server: " + NOWHERE);
    }
    log.info(
        scope,
        "gRPC server listening on TCP address: "
            + listen.internalGrpcAddress()
            + ":"
            + open.port());
    log.info(
        "dapr.runtime",
        "Internal gRPC server is running on " + listen.internalGrpcAddress() + ":" + open.port());
    ports();
  }

  void openGrpc() throws StartupFailure, InterruptedException {
    Handler<HttpServerRequest> handler = grpcApi.handlerOf(instance);
    String scope = "dapr.runtime.grpc.api";
    Path folder = instance.settings().unixSocketFolder();
    if (folder != null) {
      Path socket =
          openSocket(
              grpc,
              folder,
              "grpc",
              options.grpc(),
              () -> handler,
              "failed to start API gRPC server: ");
      log.info(scope, "gRPC server listening on UNIX socket: " + socket);
      log.info("dapr.runtime", "API gRPC server is running on a Unix Domain Socket");
      return;
    }
    if (listen.grpcPort() < 0) {
      log.info("dapr.runtime", "API gRPC server is the node's listener");
      return;
    }
    PortBinding binding = new PortBinding(node, node.loops(), options.grpc());
    for (String host : hosts()) {
      try {
        int port = grpc.isEmpty() ? listen.grpcPort() : grpc.getFirst().port();
        grpc.add(
            binding.bind(host, port, PATIENCE_MILLIS, handlers(Door.Kind.GRPC, () -> handler)));
        log.info(
            scope, "gRPC server listening on TCP address: " + host + ":" + grpc.getLast().port());
      } catch (IOException failure) {
        log.error(
            scope,
            "Failed to listen for gRPC server on TCP address "
                + host
                + ":"
                + listen.grpcPort()
                + " with error: "
                + failure.getMessage());
      }
    }
    if (grpc.isEmpty()) {
      throw new StartupFailure(1, "failed to start API gRPC server: " + NOWHERE);
    }
    ports();
    log.info("dapr.runtime", "API gRPC server is running on port " + grpc.getFirst().port());
  }

  void openHttp() throws StartupFailure, InterruptedException {
    Handler<HttpServerRequest> handler = request -> httpApi.handle(instance, request);
    String scope = "dapr.runtime.http";
    Path folder = instance.settings().unixSocketFolder();
    if (folder != null) {
      Path socket =
          openSocket(
              http, folder, "http", options.http(), () -> handler, "failed to start HTTP server: ");
      log.info(scope, "HTTP server listening on UNIX socket: " + socket);
      openPublic();
      log.info("dapr.runtime", "HTTP server is running on a Unix Domain Socket");
      return;
    }
    if (listen.httpPort() < 0) {
      openPublic();
      log.info("dapr.runtime", "HTTP server is the node's listener");
      return;
    }
    PortBinding binding = new PortBinding(node, node.loops(), options.http());
    for (String host : hosts()) {
      try {
        int port = http.isEmpty() ? listen.httpPort() : http.getFirst().port();
        http.add(
            binding.bind(host, port, PATIENCE_MILLIS, handlers(Door.Kind.HTTP, () -> handler)));
        log.info(
            scope, "HTTP server listening on TCP address: " + host + ":" + http.getLast().port());
      } catch (IOException failure) {
        log.debug(
            scope,
            "Failed to listen for HTTP server on TCP address "
                + host
                + ":"
                + listen.httpPort()
                + " with error: "
                + failure.getMessage());
      }
    }
    if (http.isEmpty()) {
      throw new StartupFailure(1, "failed to start HTTP server: " + NOWHERE);
    }
    int port = http.getFirst().port();
    openPublic();
    log.info("dapr.runtime", "HTTP server is running on port " + port);
  }

  private void openPublic() throws StartupFailure, InterruptedException {
    if (listen.publicPort() >= 0) {
      Handler<HttpServerRequest> handler = request -> httpApi.handlePublic(instance, request);
      try {
        PortBinding binding = new PortBinding(node, oneLoop, options.plain());
        pub =
            binding.bind(
                listen.publicAddress(),
                listen.publicPort(),
                0,
                handlers(Door.Kind.HTTP, () -> handler));
      } catch (IOException failure) {
        throw StartupFailure.plain(String.valueOf(failure.getMessage()));
      }
    }
    ports();
  }

  private Path openSocket(
      List<ListenerGroup> group,
      Path folder,
      String kind,
      io.vertx.core.http.HttpServerOptions with,
      Supplier<Handler<HttpServerRequest>> handler,
      String prefix)
      throws StartupFailure, InterruptedException {
    Path path = folder.resolve("dapr-" + instance.appId() + "-" + kind + ".socket");
    try {
      if (instance.appId().indexOf('/') >= 0) { // would be a path, to another app's socket perhaps
        throw new IOException("No such file or directory");
      }
      SocketFile file = SocketFile.take(node, path);
      socketFiles.add(file);
      group.add(
          PortBinding.await(
              ListenerGroup.listen(
                  node,
                  node.loops(),
                  with,
                  path,
                  handlers(kind.equals("grpc") ? Door.Kind.GRPC : Door.Kind.HTTP, handler))));
      return path;
    } catch (IOException failure) {
      throw new StartupFailure(
          1, prefix + "listen unix " + path + ": bind: " + PortBinding.reason(failure));
    }
  }

  private List<String> hosts() {
    return listen.addresses().isEmpty() ? List.of("") : listen.addresses();
  }

  private ListenerGroup.Handlers handlers(
      Door.Kind kind, Supplier<Handler<HttpServerRequest>> requests) {
    Door door =
        node.connections()
            .door(
                kind,
                instance.connections(),
                instance.memory(),
                channel -> node.isolation().measureClient(channel, instance.account()));
    return new ListenerGroup.Handlers() {
      @Override
      public Handler<HttpServerRequest> requests() {
        return requests.get();
      }

      @Override
      public Door door() {
        return door;
      }
    };
  }

  private void ports() {
    boolean sockets = instance.settings().unixSocketFolder() != null;
    instance.ports(
        new BoundPorts(
            http.isEmpty() || sockets ? -1 : http.getFirst().port(),
            grpc.isEmpty() || sockets ? -1 : grpc.getFirst().port(),
            port(internal),
            port(pub),
            port(metrics)));
  }

  private static int port(@Nullable ListenerGroup group) {
    return group == null ? -1 : group.port();
  }

  /** First step of a graceful end: gRPC calls get all the time they need. Never fails. */
  Future<Void> closeGrpc() {
    List<Future<Void>> closing = new ArrayList<>();
    grpc.forEach(group -> closing.add(group.close(NO_LIMIT_MILLIS)));
    add(closing, internal, NO_LIMIT_MILLIS);
    add(closing, metrics, METRICS_END_MILLIS);
    return Future.join(closing).transform(done -> Future.succeededFuture());
  }

  /** Second step: HTTP calls get all the time they need. Never fails. */
  Future<Void> closeHttp() {
    List<Future<Void>> closing = new ArrayList<>();
    http.forEach(group -> closing.add(group.close(NO_LIMIT_MILLIS)));
    add(closing, pub, NO_LIMIT_MILLIS);
    return closed(closing);
  }

  /**
   * Closes all listeners and connections at once, also while a step above still waits. Never fails.
   */
  Future<Void> abort() {
    List<Future<Void>> closing = new ArrayList<>();
    http.forEach(group -> closing.add(group.abort()));
    grpc.forEach(group -> closing.add(group.abort()));
    if (pub != null) {
      closing.add(pub.abort());
    }
    if (internal != null) {
      closing.add(internal.abort());
    }
    if (metrics != null) {
      closing.add(metrics.abort());
    }
    return closed(closing);
  }

  private Future<Void> closed(List<Future<Void>> closing) {
    return Future.join(closing)
        .transform(
            done -> {
              socketFiles.forEach(SocketFile::release);
              return Future.succeededFuture();
            });
  }

  private static void add(List<Future<Void>> closing, @Nullable ListenerGroup group, long millis) {
    if (group != null) {
      closing.add(group.close(millis));
    }
  }
}
