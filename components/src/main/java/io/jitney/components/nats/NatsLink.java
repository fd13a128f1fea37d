package io.jitney.components.nats;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.NodeResources;
import io.jitney.components.tls.PemTls;
import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection for all openings with equal settings; it reconnects by itself without end, as
 * subscriptions do on it. Thread-safe.
 */
public final class NatsLink implements SharedPools.Client {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final NatsAddress address;
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Connection connection;
  private boolean closed;

  private NatsLink(Vertx vertx, NatsAddress address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Borrows the connection; opens none. */
  public static SharedPools.Lease<NatsLink> borrow(NodeResources node, NatsAddress address) {
    return node.pools()
        .borrow(address.key(), NatsLink.class, () -> new NatsLink(node.vertx(), address));
  }

  /** The connection. Blocks the first time: on virtual threads only. */
  public Connection connection() throws IOException, InterruptedException {
    Connection known = connection;
    if (known != null) {
      return known;
    }
    lock.lockInterruptibly();
    try {
      if (connection != null) {
        return connection;
      }
      if (closed) {
        throw new IOException("component is closed");
      }
      Connection fresh = Nats.connect(options());
      connection = fresh;
      return fresh;
    } finally {
      lock.unlock();
    }
  }

  private Options options() throws IOException {
    Options.Builder options =
        new Options.Builder()
            .servers(address.urls().split(",", -1))
            .connectionName(address.name())
            .connectionTimeout(PATIENCE)
            .maxReconnects(-1)
            .reconnectWait(Duration.ofSeconds(2))
            .executor(tasks)
            .useDispatcherWithExecutor()
            .errorListener(new Quiet());
    switch (address.login()) {
      case NatsAddress.Login.Url url -> {}
      case NatsAddress.Login.Token(String token) -> options.token(token.toCharArray());
      case NatsAddress.Login.Jwt(String jwt, String seed) -> {
        try {
          options.authHandler(new SeedLogin(jwt, seed));
        } catch (GeneralSecurityException e) {
          throw new IOException("nkeys: invalid seed"); // the cause may quote it
        }
      }
      case NatsAddress.Login.Certificate(PemTls tls) -> {
        try {
          options.sslContext(tls.context());
        } catch (PemTls.Unusable e) {
          throw new IOException(String.valueOf(e.getMessage()));
        }
      }
    }
    return options.build();
  }

  /** The components see their failures themselves; the client would print all of them. */
  private static final class Quiet implements ErrorListener {
    @Override
    public void errorOccurred(Connection connection, String error) {}

    @Override
    public void exceptionOccurred(Connection connection, Exception failure) {}

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {}
  }

  @Override
  public int connections() {
    Connection known = connection;
    return known != null && known.getStatus() == Connection.Status.CONNECTED ? 1 : 0;
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
                  connection.close();
                }
              } finally {
                lock.unlock();
              }
              tasks.shutdown();
              return true;
            },
            false)
        .mapEmpty();
  }
}
