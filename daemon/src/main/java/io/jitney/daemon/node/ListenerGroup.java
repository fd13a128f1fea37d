package io.jitney.daemon.node;

import io.jitney.daemon.connection.ConnectionGuard;
import io.jitney.daemon.connection.Door;
import io.jitney.daemon.connection.DoorTransport;
import io.jitney.daemon.http.PlainAnswers;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One listening socket served on several event loops: Vert.x binds it once and deals connections
 * out to the loops; a connection stays on its loop.
 *
 * <p>Vert.x lets all servers of one Vertx that ask for the same host and port share a socket. That
 * is what this class wants of its own servers and must never happen between two tenants, so each
 * group asks under a name of its own; the kernel then refuses a port that is taken, as it does
 * between processes.
 */
public final class ListenerGroup {
  private final List<HttpServer> servers;
  private final ChannelGroup connections;
  private final int port;

  private ListenerGroup(List<HttpServer> servers, ChannelGroup connections, int port) {
    this.servers = servers;
    this.connections = connections;
    this.port = port;
  }

  /** What a listener does with requests. */
  public interface Handlers {
    /** The handler of requests on one loop. */
    Handler<HttpServerRequest> requests();

    /** Lets connections in. */
    Door door();

    /** Gets requests that are not well-formed HTTP. */
    default void invalid(HttpServerRequest request) {
      PlainAnswers.undecodable(request);
    }
  }

  /**
   * Binds a TCP port.
   *
   * @param loops contexts to serve on
   * @param port 0: the kernel picks a free one
   * @return fails with the cause when the address cannot be bound
   */
  public static Future<ListenerGroup> listen(
      Node node,
      List<Context> loops,
      HttpServerOptions options,
      InetAddress address,
      int port,
      Handlers handlers) {
    SocketAddress where;
    try {
      where = own(address, port, node.nextListener());
    } catch (UnknownHostException | IllegalArgumentException impossible) {
      return Future.failedFuture(impossible);
    }
    return listen(node, loops, options, where, handlers);
  }

  /**
   * Binds a Unix socket. The caller has made sure that no other listener of this node has that
   * path, and removes the file after the close.
   */
  public static Future<ListenerGroup> listen(
      Node node, List<Context> loops, HttpServerOptions options, Path socket, Handlers handlers) {
    return listen(
        node, loops, options, SocketAddress.domainSocketAddress(socket.toString()), handlers);
  }

  /**
   * The address under a name that is this group's alone: servers with the same number share, others
   * do not.
   */
  private static SocketAddress own(InetAddress address, int port, int number)
      throws UnknownHostException {
    if (port == 0) {
      return SocketAddress.sharedRandomPort(number, address.getHostAddress());
    }
    String name = "listener-" + number;
    InetAddress named =
        address instanceof Inet6Address six
            ? Inet6Address.getByAddress(name, six.getAddress(), six.getScopeId())
            : InetAddress.getByAddress(name, address.getAddress());
    return SocketAddress.inetSocketAddress(new InetSocketAddress(named, port));
  }

  private static Future<ListenerGroup> listen(
      Node node,
      List<Context> loops,
      HttpServerOptions options,
      SocketAddress where,
      Handlers handlers) {
    List<HttpServer> servers = new ArrayList<>(loops.size());
    List<Future<HttpServer>> listening = new ArrayList<>(loops.size());
    Door door = handlers.door();
    ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
    for (Context loop : loops) {
      HttpServer server = node.vertx().createHttpServer(options);
      server
          .requestHandler(watched(handlers.requests()))
          .invalidRequestHandler(watched(handlers::invalid));
      server.connectionHandler(connection -> remember(connection, connections));
      servers.add(server);
      Promise<HttpServer> promise = Promise.promise();
      loop.runOnContext(
          run -> DoorTransport.behind(door, loop, () -> server.listen(where).onComplete(promise)));
      listening.add(promise.future());
    }
    return Future.join(listening)
        .map(
            done ->
                new ListenerGroup(
                    List.copyOf(servers), connections, servers.getFirst().actualPort()))
        .recover(
            failure ->
                new ListenerGroup(servers, connections, 0)
                    .close(0)
                    .transform(closed -> Future.failedFuture(failure)));
  }

  /** Tells a connection's guard that the head of a request is there. */
  private static Handler<HttpServerRequest> watched(Handler<HttpServerRequest> requests) {
    return request -> {
      ConnectionGuard guard = ConnectionGuard.of(request);
      if (guard != null) {
        guard.began(request);
      }
      requests.handle(request);
    };
  }

  private static void remember(HttpConnection connection, ChannelGroup connections) {
    connection.exceptionHandler(
        reset -> {}); // a client that hangs up is no event for the node's log
    if (connection instanceof ConnectionBase base) {
      connections.add(base.channel());
      ConnectionGuard guard = ConnectionGuard.of(base.channel());
      if (guard != null) {
        guard.connected(connection);
      }
      Http2Flushes.join(connection);
    }
  }

  /** The bound port; meaningless for a Unix socket. */
  public int port() {
    return port;
  }

  /**
   * Stops accepting, closes idle connections, gives running requests {@code millis} to end, then
   * closes their connections. Never fails.
   */
  public Future<Void> close(long millis) {
    List<Future<Void>> closing = new ArrayList<>(servers.size());
    for (HttpServer server : servers) {
      closing.add(millis > 0 ? server.shutdown(millis, TimeUnit.MILLISECONDS) : server.close());
    }
    return Future.join(closing).transform(done -> Future.succeededFuture());
  }

  /**
   * Closes everything at once, also while a {@link #close} still waits for running requests. Never
   * fails.
   */
  public Future<Void> abort() {
    Future<Void> closed = close(0);
    // Vert.x cannot shorten a shutdown that has begun; without connections it ends by itself.
    connections.close().addListener(done -> {});
    return closed;
  }
}
