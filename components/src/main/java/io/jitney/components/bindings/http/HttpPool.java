package io.jitney.components.bindings.http;

import io.jitney.components.pool.SharedPools;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections with one TLS identity. */
final class HttpPool implements SharedPools.Client {
  /** Connections to one server. */
  private static final int CONNECTIONS = 512;

  private static final int WAITING = 1024;
  private static final int DIAL_SECONDS = 15;
  private static final int IDLE_SECONDS = 60;
  private static final int MAX_HEADERS = 1 << 20;

  private final HttpClient client;
  private final AtomicInteger open = new AtomicInteger();

  HttpPool(Vertx vertx, HttpSettings settings) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(DIAL_SECONDS))
            .setSslHandshakeTimeout(DIAL_SECONDS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxInitialLineLength(MAX_HEADERS)
            .setDecompressionSupported(false)
            .setVerifyHost(true);
    if (!settings.rootCa().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(settings.rootCa())));
    }
    if (!settings.certificate().isEmpty()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(settings.certificate()))
              .addKeyValue(Buffer.buffer(settings.key())));
    }
    client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(WAITING))
            .withConnectHandler(
                connection -> {
                  open.incrementAndGet();
                  connection.exceptionHandler(broken -> {}); // the call on it is told
                  connection.closeHandler(closed -> open.decrementAndGet());
                })
            .build();
  }

  Future<HttpClientRequest> request(RequestOptions options) {
    return client.request(options);
  }

  @Override
  public int connections() {
    return open.get();
  }

  @Override
  public Future<Void> close() {
    return client.shutdown(1, TimeUnit.SECONDS);
  }
}
