package io.jitney.components.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection for all openings with equal settings, opened with the first channel, and again by
 * the next channel after it was lost. Publishing and consuming take one each: a broker that is
 * short of memory stops reading where messages are published, and must not miss acknowledgements
 * for it. Thread-safe.
 */
public final class RabbitLink implements SharedPools.Client {
  /** What a connection is for. */
  public enum Purpose {
    PUBLISH,
    CONSUME
  }

  private static final int CLOSE_MILLIS = 2_000;

  private final Vertx vertx;
  private final RabbitAddress address;
  private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Connection connection;
  private boolean closed;

  private RabbitLink(Vertx vertx, RabbitAddress address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Borrows the connection; opens none. */
  public static SharedPools.Lease<RabbitLink> borrow(
      NodeResources node, RabbitAddress address, Purpose purpose) {
    return borrow(node, address, purpose.name().toLowerCase(Locale.ROOT));
  }

  /** Borrows a connection that nobody else has. */
  public static SharedPools.Lease<RabbitLink> own(NodeResources node, RabbitAddress address) {
    return borrow(node, address, "own " + java.util.UUID.randomUUID());
  }

  private static SharedPools.Lease<RabbitLink> borrow(
      NodeResources node, RabbitAddress address, String purpose) {
    return node.pools()
        .borrow(
            address.key(purpose), RabbitLink.class, () -> new RabbitLink(node.vertx(), address));
  }

  /** A fresh channel, the caller's own. Blocks: on virtual threads only. */
  public Channel channel() throws IOException, TimeoutException {
    Channel channel = open().createChannel();
    if (channel == null) {
      throw new IOException("no more channels on this connection");
    }
    return channel;
  }

  private Connection open() throws IOException, TimeoutException {
    Connection known = connection;
    if (known != null && known.isOpen()) {
      return known;
    }
    lock.lock();
    try {
      known = connection;
      if (known != null && known.isOpen()) {
        return known;
      }
      if (closed) {
        throw new IOException("component is closed");
      }
      ConnectionFactory factory = address.factory();
      Connection fresh =
          address.clientName().isEmpty()
              ? factory.newConnection(callbacks)
              : factory.newConnection(callbacks, address.clientName());
      connection = fresh;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int connections() {
    Connection known = connection;
    return known != null && known.isOpen() ? 1 : 0;
  }

  @Override
  public Future<Void> close() {
    return vertx
        .executeBlocking(
            () -> {
              lock.lock();
              try {
                closed = true;
                if (connection != null) {
                  connection.abort(CLOSE_MILLIS);
                }
              } finally {
                lock.unlock();
              }
              callbacks.shutdown();
              return true;
            },
            false)
        .mapEmpty();
  }
}
