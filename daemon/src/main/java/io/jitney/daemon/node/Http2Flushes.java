package io.jitney.daemon.node;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Fewer system calls on HTTP/2 connections. A message is headers, data and trailers; when it does
 * not answer the read that runs just now, Vert.x sends each by itself, and three writes are the
 * dearest part of a small call. Held until the loop's next task they go out together, as do those
 * of other streams.
 */
public final class Http2Flushes {
  private Http2Flushes() {}

  /** Call once, when the connection was made, on its event loop; HTTP/1.1 is left alone. */
  public static void join(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(Http2ConnectionHandler.class) != null) {
        pipeline.addFirst(
            new FlushConsolidationHandler(
                FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
      }
    }
  }
}
