package io.jitney.daemon.channel;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.jitney.daemon.channel.ClientKind.Trust;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** HTTP/2 requests to one app: prior knowledge, or TLS where the app's protocol has it. */
final class GrpcConnections {
  private final HttpClients clients;
  private final AppEndpoint app;
  private final SocketAddress server;
  private final ClientKind kind;
  private final AppLoad load;
  private final Object lock = new Object();
  private volatile @Nullable ClientLease lease;
  private boolean closed;

  GrpcConnections(HttpClients clients, AppEndpoint app, int maxHeaderSize, AppLoad load) {
    this.clients = clients;
    this.app = app;
    OwnServer own = clients.own(app);
    this.server = own.address();
    this.kind =
        new ClientKind(
            true,
            app.protocol().tls() ? Trust.ANYONE : Trust.PLAIN,
            null,
            maxHeaderSize,
            own.owner());
    this.load = load;
  }

  /** A request that holds {@code slot} until its answer ends. */
  Future<HttpClientRequest> request(String path, Slot slot) {
    Future<Void> turn = slot.turn();
    Future<HttpClientRequest> opened =
        turn == null ? open(path, slot) : turn.compose(granted -> open(path, slot));
    return opened.onFailure(none -> slot.release());
  }

  Future<HttpClientRequest> request(Account caller, String path) {
    return request(path, load.enterUnlimited(caller));
  }

  private Future<HttpClientRequest> open(String path, Slot slot) {
    ClientLease share = share();
    if (share == null) {
      return Future.failedFuture(new ChannelClosedException());
    }
    RequestOptions options =
        new RequestOptions()
            .setServer(server)
            .setHost(app.host())
            .setPort(app.port())
            .setMethod(HttpMethod.POST)
            .setURI(path);
    return share.request(options, slot);
  }

  /** The lease is taken by the first gRPC call: an HTTP app mostly gets none. */
  private @Nullable ClientLease share() {
    ClientLease taken = lease;
    if (taken == null) {
      synchronized (lock) {
        taken = lease;
        if (taken == null && !closed) {
          taken = clients.lease(kind, server);
          lease = taken;
        }
      }
    }
    return taken;
  }

  Future<Void> close() {
    ClientLease taken;
    synchronized (lock) {
      closed = true;
      taken = lease;
    }
    return taken == null ? Future.succeededFuture() : taken.close();
  }
}
