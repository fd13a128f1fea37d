package io.jitney.daemon.connection;

import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.Context;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServerOptions;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's transport, with a door before the acceptor of each listening socket. Vert.x itself tells
 * of a connection only when its first request has come; slow and silent clients are seen earlier.
 */
public final class DoorTransport extends NioTransport {
  private static final Object DOOR = DoorTransport.class;

  /**
   * Runs {@code listen}, which binds a socket of Vert.x's on this thread; what is bound gets the
   * door.
   *
   * @param context of the caller, whose thread this is
   */
  public static void behind(Door door, Context context, Runnable listen) {
    ContextInternal internal = (ContextInternal) context;
    internal.contextData().put(DOOR, door);
    try {
      listen.run();
    } finally {
      internal.contextData().remove(DOOR);
    }
  }

  @Override
  public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(options, domainSocket, bootstrap);
    Door door = door();
    if (door != null) {
      bootstrap.handler(new DoorHandler(door));
    }
  }

  private static @Nullable Door door() {
    ContextInternal context = ContextInternal.current();
    return context == null ? null : (Door) context.contextData().get(DOOR);
  }
}
