package io.jitney.daemon.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One listening address served on several event loops: Vert.x shares the socket and deals connections out to the
 * loops; a connection stays on its loop.
 */
public final class ListenerGroup {
  private final List<HttpServer> servers;
  private final int port;

  private ListenerGroup(List<HttpServer> servers, int port) {
    this.servers = servers;
    this.port = port;
  }

  /**
   * Binds. Port 0 picks a free one.
   *
   * @param loops contexts to serve on
   * @param handler makes the request handler of one loop
   * @return fails with the cause when the address can not be bound
   */
  public static Future<ListenerGroup> listen(
      Node node,
      List<Context> loops,
      HttpServerOptions options,
      String host,
      int port,
      Supplier<Handler<HttpServerRequest>> handler,
      Handler<HttpServerRequest> invalid) {
    int bound;
    try {
      bound = port == 0 ? freePort(host) : port;
    } catch (IOException none) {
      return Future.failedFuture(none);
    }
    List<HttpServer> servers = new ArrayList<>();
    List<Future<HttpServer>> listening = new ArrayList<>();
    for (Context loop : loops) {
      HttpServer server =
          node.vertx().createHttpServer(options).requestHandler(handler.get()).invalidRequestHandler(invalid);
      servers.add(server);
      Promise<HttpServer> promise = Promise.promise();
      loop.runOnContext(
          run -> server.listen(SocketAddress.inetSocketAddress(bound, host)).onComplete(promise));
      listening.add(promise.future());
    }
    ListenerGroup group = new ListenerGroup(servers, bound);
    return Future.join(listening)
        .map(done -> group)
        .recover(failure -> group.close(0).transform(closed -> Future.failedFuture(failure)));
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  /** The bound port. */
  public int port() {
    return port;
  }

  /** Stops accepting, gives running requests {@code seconds} to end, then closes their connections. */
  public Future<Void> close(long seconds) {
    List<Future<Void>> closing = new ArrayList<>();
    for (HttpServer server : servers) {
      closing.add(seconds > 0 ? server.shutdown(seconds, TimeUnit.SECONDS) : server.close());
    }
    return Future.join(closing).mapEmpty();
  }
}
