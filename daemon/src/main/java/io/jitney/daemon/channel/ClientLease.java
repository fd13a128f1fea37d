package io.jitney.daemon.channel;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A share in a shared HTTP client. */
public final class ClientLease {
  private final HttpClients owner;
  private final SharedClient client;
  private final @Nullable SocketAddress server;
  private final AtomicBoolean closed = new AtomicBoolean();

  ClientLease(HttpClients owner, SharedClient client, @Nullable SocketAddress server) {
    this.owner = owner;
    this.client = client;
    this.server = server;
  }

  /** A request on a connection of the current event loop. Fails when no connection can be made. */
  public Future<HttpClientRequest> request(RequestOptions options) {
    if (closed.get()) {
      return Future.failedFuture(new ChannelClosedException());
    }
    return client.request(options);
  }

  /**
   * As {@link #request}, for an app: holds {@code slot} until the answer was consumed or can not
   * come any more.
   */
  Future<HttpClientRequest> request(RequestOptions options, Slot slot) {
    return request(options)
        .onSuccess(
            request -> {
              request.exceptionHandler(failed -> {});
              client.taken(request, slot.account());
              request
                  .response()
                  .onComplete(
                      answer -> {
                        if (answer.failed()) {
                          over(request, slot);
                        } else {
                          slot.answered();
                          answer.result().end().onComplete(ended -> over(request, slot));
                        }
                      });
            });
  }

  private void over(HttpClientRequest request, Slot slot) {
    client.free(request);
    slot.release();
  }

  /** Limit of an answer's header block, in bytes. */
  public int maxHeaderSize() {
    return client.kind().maxHeaderSize();
  }

  public boolean closed() {
    return closed.get();
  }

  /** Gives the share back: running calls get to finish; what only this share used is closed. */
  public Future<Void> close() {
    return closed.compareAndSet(false, true)
        ? owner.giveBack(client, server)
        : Future.succeededFuture();
  }
}
