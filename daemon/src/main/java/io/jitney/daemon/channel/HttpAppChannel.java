package io.jitney.daemon.channel;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.jitney.daemon.channel.ClientKind.Trust;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppProtocol;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An app that speaks HTTP: {@code http} and {@code https} by HTTP/1.1, {@code h2c} by HTTP/2 with
 * prior knowledge. Redirects are the caller's, certificates are not checked, and there is no limit
 * on a call's time, as with daprd.
 */
public final class HttpAppChannel implements AppChannel {
  private final AppEndpoint app;
  private final String baseUrl;
  private final String token;
  private final int maxHeaderSize;
  private final SocketAddress server;
  private final ClientLease client;
  private final GrpcConnections grpc;
  private final AppLoad load;
  private final InstanceMetrics metrics;
  private volatile @Nullable AppHealth health;

  /**
   * @param token {@code APP_API_TOKEN}; "" none
   * @param maxHeaderSize {@code --read-buffer-size}: limit of the app's answer headers, in bytes
   * @param metrics where calls are counted that the app answers
   */
  HttpAppChannel(
      HttpClients clients,
      AppEndpoint app,
      String token,
      int maxHeaderSize,
      AppLoad load,
      InstanceMetrics metrics) {
    this.app = app;
    this.token = token;
    this.maxHeaderSize = maxHeaderSize;
    this.load = load;
    this.metrics = metrics;
    boolean tls = app.protocol().tls();
    this.baseUrl = (tls ? "https://" : "http://") + hostAndPort(app);
    OwnServer own = clients.own(app);
    this.server = own.address();
    boolean http2 = app.protocol() == AppProtocol.H2C;
    this.client =
        clients.lease(
            new ClientKind(
                http2, tls ? Trust.ANYONE : Trust.PLAIN, null, maxHeaderSize, own.owner()),
            server);
    this.grpc = new GrpcConnections(clients, app, maxHeaderSize, load);
  }

  static String hostAndPort(AppEndpoint app) {
    String host = app.host().indexOf(':') >= 0 ? "[" + app.host() + "]" : app.host();
    return host + ":" + app.port();
  }

  @Override
  public AppEndpoint app() {
    return app;
  }

  /** {@code http://127.0.0.1:3000}, as error texts name the app. */
  public String baseUrl() {
    return baseUrl;
  }

  /** Sent to the app as {@code dapr-api-token}; "" none. */
  public String token() {
    return token;
  }

  /** Limit of the app's answer headers, in bytes. */
  public int maxHeaderSize() {
    return maxHeaderSize;
  }

  @Override
  public @Nullable AppHealth health() {
    return health;
  }

  /** Puts health checks in front of all calls; before the first one. */
  void health(AppHealth checks) {
    health = checks;
  }

  @Override
  public long inFlight() {
    return load.inFlight();
  }

  /**
   * A request to the app, without headers yet, once {@code app-max-concurrency} has a place for it.
   * The place is given back when the answer ends or the request is reset: whoever gets a request
   * must do one of them.
   *
   * @param caller on whose account the call is
   * @param uri path and query, escaped
   * @return fails with {@link AppUnhealthyException}, {@link AppBusyException}, {@link
   *     ChannelClosedException}, or what connecting failed with
   */
  public Future<HttpClientRequest> request(Account caller, HttpMethod verb, String uri) {
    return request(verb, uri, load.enter(caller));
  }

  /**
   * As {@link #request(Account, HttpMethod, String)} for a place taken before by {@link #enter};
   * released on failure.
   */
  public Future<HttpClientRequest> request(HttpMethod verb, String uri, Slot slot) {
    if (!healthy()) {
      slot.release();
      return Future.failedFuture(new AppUnhealthyException());
    }
    Future<Void> turn = slot.turn();
    Future<HttpClientRequest> opened =
        turn == null ? open(verb, uri, slot) : turn.compose(granted -> open(verb, uri, slot));
    return opened.onFailure(none -> slot.release());
  }

  /** Takes a place, or a turn in the queue for one; releasing it stops the waiting. */
  public Slot enter(Account caller) {
    return load.enter(caller);
  }

  /** A request that neither health nor {@code app-max-concurrency} hold back: health probes. */
  Future<HttpClientRequest> probe(HttpMethod verb, String uri) {
    return client
        .request(options(verb, uri))
        .onSuccess(request -> request.exceptionHandler(failed -> {}));
  }

  private Future<HttpClientRequest> open(HttpMethod verb, String uri, Slot slot) {
    return client
        .request(options(verb, uri), slot)
        .onSuccess(request -> measure(request, verb, uri, System.nanoTime()));
  }

  private void measure(HttpClientRequest request, HttpMethod verb, String uri, long start) {
    request
        .response()
        .onSuccess(
            answer -> {
              int query = uri.indexOf('?');
              metrics.appHttpCall(
                  verb.name(),
                  query < 0 ? uri : uri.substring(0, query),
                  answer.statusCode(),
                  length(request.headers()),
                  length(answer.headers()),
                  System.nanoTime() - start);
            });
  }

  /** As the headers say; 0 when they do not. */
  private static long length(MultiMap headers) {
    String text = headers.get(HttpHeaders.CONTENT_LENGTH);
    try {
      return text == null ? 0 : Math.max(0, Long.parseLong(text));
    } catch (NumberFormatException none) {
      return 0;
    }
  }

  private RequestOptions options(HttpMethod verb, String uri) {
    return new RequestOptions()
        .setServer(server)
        .setHost(app.host())
        .setPort(app.port())
        .setMethod(verb)
        .setURI(uri);
  }

  @Override
  public Future<HttpClientRequest> grpcRequest(Account caller, String path) {
    return grpc.request(caller, path);
  }

  @Override
  public Future<Void> close() {
    AppHealth checks = health;
    if (checks != null) {
      checks.close();
    }
    load.close();
    return Future.join(client.close(), grpc.close()).mapEmpty();
  }
}
