package io.jitney.components.kafka;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/** One client for questions about groups, for all openings with equal logins. Thread-safe. */
final class AdminClients implements SharedPools.Client {
  private static final Duration CLOSING = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final KafkaSettings settings;
  private @Nullable Admin admin;
  private boolean closed;

  private AdminClients(Vertx vertx, KafkaSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  static SharedPools.Lease<AdminClients> borrow(NodeResources node, KafkaSettings settings) {
    return node.pools()
        .borrow(
            settings.adminKey(),
            AdminClients.class,
            () -> new AdminClients(node.vertx(), settings));
  }

  /** Connects with the first question. */
  synchronized Admin admin() {
    Admin known = admin;
    if (closed) {
      throw new IllegalStateException("component is closed");
    }
    if (known == null) {
      known = Admin.create(settings.adminConfig());
      admin = known;
    }
    return known;
  }

  @Override
  public synchronized int connections() {
    return admin == null ? 0 : 1;
  }

  @Override
  public Future<Void> close() {
    Admin open;
    synchronized (this) {
      closed = true;
      open = admin;
      admin = null;
    }
    if (open == null) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(
            () -> {
              open.close(CLOSING);
              return true;
            },
            false)
        .mapEmpty();
  }
}
