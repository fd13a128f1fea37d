package io.jitney.daemon.admission;

import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Reads what is left of a body nobody wants, so that the connection can be used again. After
 * {@value #LIMIT} bytes it gives up as Go's servers do: an HTTP/2 stream is ended alone, an
 * HTTP/1.1 connection is closed, but only after a moment in which the client gets to read the
 * answer; a close with bytes unread would take that from it.
 */
public final class Discard {
  private static final long LIMIT = 256 * 1024;
  private static final long NO_ERROR = 0;
  private static final long LINGER_MILLIS = 500;

  private final HttpServerRequest request;
  private long seen;
  private boolean over;

  private Discard(HttpServerRequest request) {
    this.request = request;
  }

  /** Reads on, and drops; the answer was given or will be. On the request's event loop. */
  public static void rest(HttpServerRequest request) {
    Discard discard = new Discard(request);
    request.handler(discard::drop);
    request.exceptionHandler(gone -> {});
    request.resume();
  }

  /** Whether an early answer ends the connection, as more is announced than is dropped for it. */
  public static boolean tooLongToDrop(HttpServerRequest request) {
    return request.version() != HttpVersion.HTTP_2 && MeteredRequest.length(request) > LIMIT;
  }

  /**
   * Tells the client with the answer's head that its connection ends, if the body it announced is
   * not read: it would send its next request there.
   */
  public static void announceClose(HttpServerRequest request) {
    if (MeteredRequest.length(request) - request.bytesRead() > LIMIT) {
      request.response().putHeader("connection", "close");
    }
  }

  private void drop(Buffer chunk) {
    seen += chunk.length();
    if (seen <= LIMIT || over || !request.response().ended()) {
      return;
    }
    over = true;
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.pause();
      leave(request.connection());
    }
  }

  private static void leave(HttpConnection connection) {
    Context context = Vertx.currentContext();
    if (context == null
        || !(connection instanceof ConnectionBase base)
        || !(base.channel() instanceof DuplexChannel channel)) {
      connection.close();
      return;
    }
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER) // behind the answer
        .addListener(
            written -> {
              var _ = channel.shutdownOutput();
              context.owner().setTimer(LINGER_MILLIS, later -> connection.close());
            });
  }
}
