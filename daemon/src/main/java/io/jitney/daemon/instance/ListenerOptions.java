package io.jitney.daemon.instance;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;

/** Limits of the listeners of one instance, from its flags. */
final class ListenerOptions {
  /** What Go's HTTP server allows beyond {@code --read-buffer-size}. */
  private static final int SLACK = 4096;

  /** daprd sets no limit; quotas are what limits a tenant here. */
  private static final long STREAMS = 0xFFFFFFFFL;

  /** A client that gives up this many calls in a minute is no longer believed to be a client. */
  private static final int RESETS_PER_MINUTE = 20_000;

  private final InstanceSettings settings;

  ListenerOptions(InstanceSettings settings) {
    this.settings = settings;
  }

  /** HTTP/1.1 alone: public port, metrics. */
  HttpServerOptions plain() {
    int header = Math.max(0, settings.readBufferSize()) + SLACK;
    return new HttpServerOptions()
        .setHttp2ClearTextEnabled(false)
        .setMaxHeaderSize(header)
        .setMaxInitialLineLength(header);
  }

  /** The HTTP API: h2c too, unless the environment says otherwise. */
  HttpServerOptions http() {
    long header = Math.max(0, settings.readBufferSize()) + SLACK;
    return http2(plain(), header).setHttp2ClearTextEnabled(settings.http2Cleartext());
  }

  /** A gRPC API; daprd shifts the header limit by ten bits too many, so gRPC headers may have 4 MiB by default. */
  HttpServerOptions grpc() {
    long header = Math.min((long) Math.max(1, settings.readBufferSize()) << 10, Integer.MAX_VALUE);
    return http2(plain(), header).setHttp2ClearTextEnabled(true);
  }

  private static HttpServerOptions http2(HttpServerOptions options, long header) {
    return options
        .setInitialSettings(
            new Http2Settings().setMaxConcurrentStreams(STREAMS).setMaxHeaderListSize((int) header))
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_MINUTE)
        .setHttp2RstFloodWindowDuration(60);
  }
}
