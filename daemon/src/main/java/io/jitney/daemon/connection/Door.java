package io.jitney.daemon.connection;

import io.jitney.tenancy.connection.ConnectionEnd;
import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.memory.MemoryLedger;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets connections of one listener in. A refused one is closed before a byte of it was read.
 * Threads: any.
 */
public final class Door {
  /** What is spoken behind it. */
  public enum Kind {
    /** HTTP/1.1, and HTTP/2 where that is on. */
    HTTP,
    /** gRPC with daprd's keepalive. */
    GRPC
  }

  private final Connections node;
  private final Kind kind;
  private final @Nullable TenantConnections tenant;
  private final @Nullable MemoryLedger ledger;
  private final Consumer<Channel> opened;

  Door(
      Connections node,
      Kind kind,
      @Nullable TenantConnections tenant,
      @Nullable MemoryLedger ledger,
      Consumer<Channel> opened) {
    this.node = node;
    this.kind = kind;
    this.tenant = tenant;
    this.ledger = ledger;
    this.opened = opened;
  }

  /** A guard for a new connection, which is counted then; null when it is refused. */
  @Nullable ConnectionGuard letIn(@Nullable SocketAddress remote) {
    TenantConnections known = tenant;
    if (known != null) {
      return known.tryOpen() == null
          ? new ConnectionGuard(node, kind, known, ledger, NOWHERE, opened)
          : null;
    }
    Object source =
        remote instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress()
            : NOWHERE;
    ConnectionEnd refused = node.unidentified().tryOpen(source);
    return refused == null ? new ConnectionGuard(node, kind, null, null, source, opened) : null;
  }

  /**
   * Whether new connections are taken at a pace: those of one tenant that nobody else waits for.
   */
  int acceptsPerSecond() {
    return tenant == null ? 0 : node.limits().acceptsPerSecond();
  }

  private static final String NOWHERE = "";
}
