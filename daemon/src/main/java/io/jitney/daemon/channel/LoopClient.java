package io.jitney.daemon.channel;

import io.jitney.daemon.isolation.Isolation;
import io.jitney.daemon.node.Http2Flushes;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientBuilder;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The client of one event loop and its open connections by server. Not thread-safe: used on its
 * loop only, but for closing.
 */
final class LoopClient {
  private static final class Server {
    final Set<HttpConnection> open = new HashSet<>(4);
    int busy;
  }

  private final Isolation isolation;
  private final HttpClient http;
  private final int maxIdle;
  private final Map<SocketAddress, Server> servers = new HashMap<>();
  private final IdentityHashMap<HttpConnection, Server> byConnection = new IdentityHashMap<>();

  /**
   * @param maxIdle connections to one server that are kept while nobody uses them
   */
  LoopClient(Isolation isolation, HttpClientBuilder builder, int maxIdle) {
    this.isolation = isolation;
    this.maxIdle = maxIdle;
    this.http = builder.withConnectHandler(this::connected).build();
  }

  private void connected(HttpConnection connection) {
    Http2Flushes.join(connection);
    if (connection instanceof ConnectionBase base) {
      isolation.measureApp(base.channel());
    }
    SocketAddress address = connection.remoteAddress();
    Server server = servers.computeIfAbsent(address, first -> new Server());
    server.open.add(connection);
    byConnection.put(connection, server);
    connection.exceptionHandler(broken -> {}); // the call on it is told, and that is enough
    connection.closeHandler(
        closed -> {
          byConnection.remove(connection);
          server.open.remove(connection);
          if (server.open.isEmpty()) {
            servers.remove(address, server);
          }
        });
  }

  Future<HttpClientRequest> request(RequestOptions options) {
    return http.request(options);
  }

  /** A call of HTTP/1.1 has taken the connection. */
  void taken(HttpConnection connection) {
    Server server = byConnection.get(connection);
    if (server != null) {
      server.busy++;
    }
  }

  /** That call is over; a connection that is one idle too many is closed. */
  void free(HttpConnection connection) {
    Server server = byConnection.get(connection);
    if (server != null && --server.busy + maxIdle < server.open.size()) {
      connection.shutdown(1, TimeUnit.SECONDS);
    }
  }

  /** Closes the connections to a server; running calls get to finish. */
  void hangUp(SocketAddress server, long drainSeconds) {
    for (Map.Entry<SocketAddress, Server> one : List.copyOf(servers.entrySet())) {
      if (meant(server, one.getKey())) {
        for (HttpConnection connection : List.copyOf(one.getValue().open)) {
          connection.shutdown(drainSeconds, TimeUnit.SECONDS);
        }
      }
    }
  }

  /** Connections know their server's address only, not the name it was called by. */
  private static boolean meant(SocketAddress server, SocketAddress connected) {
    return server.equals(connected)
        || (server.hostAddress() == null && server.port() == connected.port());
  }

  Future<Void> close(long drainSeconds) {
    return http.shutdown(drainSeconds, TimeUnit.SECONDS);
  }
}
