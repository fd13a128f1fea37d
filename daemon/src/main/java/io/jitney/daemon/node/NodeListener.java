package io.jitney.daemon.node;

import io.jitney.daemon.connection.ConnectionGuard;
import io.jitney.daemon.connection.Door;
import io.jitney.daemon.error.DaprErrors;
import io.jitney.daemon.error.GrpcErrors;
import io.jitney.daemon.error.NodeErrors;
import io.jitney.daemon.grpc.GrpcApi;
import io.jitney.daemon.http.ApiTokenCheck;
import io.jitney.daemon.http.HttpApi;
import io.jitney.daemon.http.PlainAnswers;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.TenantRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The listener that many apps share: one HTTP and one gRPC API port, served on all event loops.
 * Finds out who calls, then hands over to the APIs as the listeners of a virtual sidecar do.
 *
 * <p>The token has done its work here and goes no further: an app that is invoked must not learn
 * its caller's.
 *
 * <p>{@code GET /v1.0/healthz} and {@code /v1.0/healthz/outbound} answer a caller that is known for
 * its app, as daprd does, and everybody else for the daemon: probes of an orchestrator carry no
 * token. That answer tells nothing about any app.
 */
public final class NodeListener {
  private static final String HEALTHZ = "/v1.0/healthz";
  private static final String OUTBOUND = "/v1.0/healthz/outbound";

  private final Node node;
  private final Callers callers;
  private final HttpApi httpApi;
  private final GrpcApi grpcApi;
  private final NodeHealth health;
  private final List<ListenerGroup> groups = new ArrayList<>();

  public NodeListener(
      Node node,
      CallerIdentity identity,
      TenantRegistry<AppInstance> registry,
      HttpApi httpApi,
      GrpcApi grpcApi,
      NodeHealth health) {
    this.node = node;
    this.callers = new Callers(identity, registry);
    this.httpApi = httpApi;
    this.grpcApi = grpcApi;
    this.health = health;
  }

  /**
   * Serves the HTTP API on these hosts. Blocks for the moment that binding takes; not on an event
   * loop.
   *
   * @param port 0: the kernel picks one, the same for all hosts
   * @return the port
   * @throws IOException with Go's text, when one of the addresses cannot be had
   */
  public int listenHttp(List<String> hosts, int port, ListenerOptions options)
      throws IOException, InterruptedException {
    return listen(hosts, port, options.http(), Door.Kind.HTTP, this::http);
  }

  /** As {@link #listenHttp}, for the gRPC API. */
  public int listenGrpc(List<String> hosts, int port, ListenerOptions options)
      throws IOException, InterruptedException {
    return listen(hosts, port, options.grpc(), Door.Kind.GRPC, this::grpc);
  }

  private int listen(
      List<String> hosts,
      int port,
      HttpServerOptions options,
      Door.Kind kind,
      Handler<HttpServerRequest> handler)
      throws IOException, InterruptedException {
    int bound = port;
    Door door = node.connections().sharedDoor(kind, node.isolation()::measureClient);
    ListenerGroup.Handlers handlers =
        new ListenerGroup.Handlers() {
          @Override
          public Handler<HttpServerRequest> requests() {
            return handler;
          }

          @Override
          public Door door() {
            return door;
          }
        };
    for (String host : hosts) {
      ListenerGroup group =
          new PortBinding(node, node.loops(), options).bind(host, bound, 0, handlers);
      bound = group.port();
      synchronized (groups) {
        groups.add(group);
      }
    }
    return bound;
  }

  private void http(HttpServerRequest request) {
    switch (callers.find(request)) {
      case Callers.Known(AppInstance instance) -> {
        if (!counted(request, instance)) {
          return;
        }
        request.headers().remove(ApiTokenCheck.HEADER);
        httpApi.handleKnown(instance, request);
      }
      case Callers.Absent(var tenant) -> {
        if (isHealth(request)) {
          PlainAnswers.refuse(request, DaprErrors.notReady("[runtime]"));
        } else {
          request.response().putHeader("retry-after", "1");
          PlainAnswers.refuse(request, NodeErrors.appNotRunning(tenant.appId()));
        }
      }
      case Callers.Unknown unknown -> {
        if (isHealth(request)) {
          nodeHealth(request);
        } else {
          PlainAnswers.refuse(request, 401, "invalid api token");
        }
      }
    }
  }

  /** Counts the connection for its tenant; false when that has too many, and it was closed. */
  private static boolean counted(HttpServerRequest request, AppInstance instance) {
    ConnectionGuard guard = ConnectionGuard.of(request);
    return guard == null || guard.identified(instance.connections(), instance.memory());
  }

  private static boolean isHealth(HttpServerRequest request) {
    String path = request.path();
    return HttpMethod.GET.equals(request.method())
        && (HEALTHZ.equals(path) || OUTBOUND.equals(path));
  }

  private void nodeHealth(HttpServerRequest request) {
    String query = request.query();
    List<String> unready = health.unready();
    if (!unready.isEmpty()) {
      PlainAnswers.refuse(request, DaprErrors.notReady("[" + String.join(" ", unready) + "]"));
    } else if (query != null && query.contains("appid=")) {
      PlainAnswers.refuse(
          request, DaprErrors.appIdMismatch()); // whichever id it is: the daemon is no app
    } else {
      request.response().setStatusCode(204).end();
    }
  }

  private void grpc(HttpServerRequest request) {
    switch (callers.find(request)) {
      case Callers.Known(AppInstance instance) -> {
        if (!counted(request, instance)) {
          return;
        }
        request.headers().remove(ApiTokenCheck.HEADER);
        grpcApi.handleKnown(instance, request);
      }
      case Callers.Absent(var tenant) ->
          GrpcApi.refuse(request, NodeErrors.appNotRunning(tenant.appId()));
      case Callers.Unknown(boolean withToken) ->
          GrpcApi.refuse(
              request, withToken ? GrpcErrors.tokenMismatch() : GrpcErrors.tokenMissing());
    }
  }

  /** Accepts no more, gives running requests {@code millis} to end. Never fails. */
  public Future<Void> close(long millis) {
    List<Future<Void>> closing;
    synchronized (groups) {
      closing = groups.stream().map(group -> group.close(millis)).toList();
    }
    return Future.join(closing).mapEmpty();
  }
}
