package io.jitney.daemon.channel;

import io.jitney.daemon.channel.ClientKind.Trust;
import io.jitney.daemon.channel.HttpClients.EventLoops;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.isolation.Isolation;
import io.jitney.daemon.node.Node;
import io.jitney.daemon.resources.HttpEndpoint.ClientTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The clients of one kind, one for each event loop, and who uses them. */
final class SharedClient {
  /** Connections to one server, over all loops; as daprd's transport. */
  private static final int MAX_CONNECTIONS = 1024;

  /** Of those, the ones that are kept while nobody uses them. */
  private static final int MAX_IDLE = 64;

  /** Calls that may wait for one of those connections, over all loops. */
  private static final int MAX_WAITING = 8192;

  /** Concurrent calls on one HTTP/2 connection before another is opened, as daprd's pool does. */
  private static final int MULTIPLEX = 100;

  private static final int MAX_HTTP2_CONNECTIONS = 64;
  private static final int CONNECT_MILLIS = 20_000;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final int HTTP2_KEEP_ALIVE_SECONDS = 180;
  private static final int STREAM_WINDOW = 256 * 1024;
  private static final int CONNECTION_WINDOW = 4 * 1024 * 1024;
  private static final int CHUNK = 64 * 1024;

  /** How long running calls may go on after the last user of a server left. */
  private static final long DRAIN_SECONDS = 10;

  private final Vertx vertx;
  private final Isolation isolation;
  private final ClientKind kind;
  private final EventLoops loops;
  private final AtomicReferenceArray<@Nullable LoopClient> clients;

  // Guarded by the lock of HttpClients.
  private final Map<SocketAddress, Integer> servers = new HashMap<>();
  private int users;

  SharedClient(Node node, ClientKind kind, EventLoops loops) {
    this.vertx = node.vertx();
    this.isolation = node.isolation();
    this.kind = kind;
    this.loops = loops;
    this.clients = new AtomicReferenceArray<>(loops.count());
  }

  ClientKind kind() {
    return kind;
  }

  void enter(@Nullable SocketAddress server) {
    users++;
    if (server != null) {
      servers.merge(server, 1, Integer::sum);
    }
  }

  /** Whether this was the last user. */
  boolean leave(@Nullable SocketAddress server) {
    users--;
    if (server != null && servers.merge(server, -1, Integer::sum) == 0) {
      servers.remove(server);
      if (users > 0) {
        hangUp(server);
      }
    }
    return users == 0;
  }

  Future<HttpClientRequest> request(RequestOptions options) {
    int loop = loops.current();
    if (loop < 0) {
      return Future.failedFuture(new IllegalStateException("not on an event loop of the node"));
    }
    LoopClient client = clients.get(loop);
    if (client == null) {
      LoopClient made =
          new LoopClient(
              isolation,
              vertx.httpClientBuilder().with(options(kind)).with(pool(loops.count())),
              Math.max(1, MAX_IDLE / loops.count()));
      client =
          clients.compareAndSet(loop, null, made)
              ? made
              : Objects.requireNonNull(clients.get(loop));
    }
    return client.request(options);
  }

  /**
   * A call of an app has taken the connection of its request, on this account; on the request's
   * loop.
   */
  void taken(HttpClientRequest request, Account account) {
    if (request.connection() instanceof ConnectionBase connection) {
      ConnectionMeter.serves(connection.channel(), account);
    }
    LoopClient client = ofThisLoop();
    if (client != null && !kind.http2()) {
      client.taken(request.connection());
    }
  }

  /** That call is over; on the same loop. */
  void free(HttpClientRequest request) {
    LoopClient client = ofThisLoop();
    if (client != null && !kind.http2()) {
      client.free(request.connection());
    }
  }

  private @Nullable LoopClient ofThisLoop() {
    int loop = loops.current();
    return loop < 0 ? null : clients.get(loop);
  }

  private void hangUp(SocketAddress server) {
    for (int loop = 0; loop < loops.count(); loop++) {
      LoopClient client = clients.get(loop);
      if (client != null) {
        loops.context(loop).runOnContext(run -> client.hangUp(server, DRAIN_SECONDS));
      }
    }
  }

  Future<Void> close() {
    List<Future<Void>> closing = new ArrayList<>();
    for (int loop = 0; loop < loops.count(); loop++) {
      LoopClient client = clients.get(loop);
      if (client != null) {
        closing.add(client.close(DRAIN_SECONDS));
      }
    }
    return Future.join(closing).mapEmpty();
  }

  private static PoolOptions pool(int loops) {
    return new PoolOptions()
        .setHttp1MaxSize(Math.max(1, MAX_CONNECTIONS / loops))
        .setHttp2MaxSize(Math.max(1, MAX_HTTP2_CONNECTIONS / loops))
        .setMaxWaitQueueSize(Math.max(1, MAX_WAITING / loops))
        .setCleanerPeriod(5_000);
  }

  private static HttpClientOptions options(ClientKind kind) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(kind.http2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2MultiplexingLimit(MULTIPLEX)
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
            .setInitialSettings(
                new Http2Settings()
                    .setInitialWindowSize(STREAM_WINDOW)
                    .setPushEnabled(false)
                    .setMaxHeaderListSize(kind.maxHeaderSize()))
            .setMaxHeaderSize(kind.maxHeaderSize())
            .setMaxInitialLineLength(kind.maxHeaderSize())
            .setMaxChunkSize(CHUNK)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setHttp2KeepAliveTimeout(HTTP2_KEEP_ALIVE_SECONDS)
            .setConnectTimeout(CONNECT_MILLIS);
    if (kind.trust() == Trust.PLAIN) {
      return options;
    }
    options.setSsl(true).setUseAlpn(kind.http2());
    if (kind.http2()) {
      options.setAlpnVersions(List.of(HttpVersion.HTTP_2));
    }
    if (kind.trust() == Trust.ANYONE) {
      return options.setTrustAll(true).setVerifyHost(false);
    }
    ClientTls tls = kind.tls();
    if (tls != null && !tls.rootCa().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.rootCa())));
    }
    if (tls != null && !tls.certificate().isEmpty()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(tls.certificate()))
              .addKeyValue(Buffer.buffer(tls.privateKey())));
    }
    return options;
  }
}
