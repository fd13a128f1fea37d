package io.jitney.daemon.node;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;

/** Limits of listeners. */
public final class ListenerOptions {
  /** What Go's HTTP server allows beyond {@code --read-buffer-size}. */
  private static final int SLACK = 4096;

  /** Of Go's server for HTTP/2, on one connection. */
  private static final long HTTP_STREAMS = 250;

  /**
   * On one gRPC connection. daprd sets no limit, and clients do not need to know of this one: they
   * wait by themselves. It bounds what opening streams can cost before a tenant is known.
   */
  private static final long GRPC_STREAMS = 10_000;

  /** Bytes of gRPC headers, unless the flag says more. */
  private static final long MOST_GRPC_HEADERS = 256 * 1024;

  /** A client that gives up this many calls in a minute is no longer believed to be a client. */
  private static final int RESETS_PER_MINUTE = 20_000;

  /**
   * Connections that the kernel keeps for a listener that takes none just now. They are taken at a
   * pace ({@link io.jitney.daemon.connection.ConnectionLimits#acceptsPerSecond}): in a longer queue
   * most have been left by their clients, and who comes now waits behind them until he leaves, too.
   */
  private static final int BACKLOG = 256;

  private final int readBufferSize;
  private final boolean http2Cleartext;

  /**
   * @param readBufferSize {@code --read-buffer-size}, bytes
   * @param http2Cleartext whether the HTTP API speaks h2c too
   */
  public ListenerOptions(int readBufferSize, boolean http2Cleartext) {
    this.readBufferSize = readBufferSize;
    this.http2Cleartext = http2Cleartext;
  }

  /** HTTP/1.1 alone: public port, metrics. */
  public HttpServerOptions plain() {
    int header = Math.max(0, readBufferSize) + SLACK;
    return new HttpServerOptions()
        .setAcceptBacklog(BACKLOG)
        .setHttp2ClearTextEnabled(false)
        .setHandle100ContinueAutomatically(true) // else clients wait a second before a large body
        // No API here is a WebSocket; their handlers fail, with a stack trace, at the 128th request
        // that a client sends ahead.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxHeaderSize(header)
        .setMaxInitialLineLength(header);
  }

  /** The HTTP API: h2c too, unless that is switched off. */
  public HttpServerOptions http() {
    long header = Math.max(0L, readBufferSize) + SLACK;
    return http2(plain(), header, HTTP_STREAMS).setHttp2ClearTextEnabled(http2Cleartext);
  }

  /**
   * A gRPC API; daprd shifts the header limit by ten bits too many, so gRPC headers may have 4 MiB
   * by default. Not here: of a name and value sent once, HPACK repeats thousands in a few KiB, and
   * every byte of each is looked at in one go.
   */
  public HttpServerOptions grpc() {
    long asDaprd = (long) Math.max(1, readBufferSize) << 10;
    long header = Math.min(asDaprd, Math.max(MOST_GRPC_HEADERS, readBufferSize));
    return http2(plain(), header, GRPC_STREAMS).setHttp2ClearTextEnabled(true);
  }

  private static HttpServerOptions http2(HttpServerOptions options, long header, long streams) {
    return options
        .setInitialSettings(
            new Http2Settings().setMaxConcurrentStreams(streams).setMaxHeaderListSize(header))
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_MINUTE)
        .setHttp2RstFloodWindowDuration(60);
  }
}
