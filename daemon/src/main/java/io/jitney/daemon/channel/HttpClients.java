package io.jitney.daemon.channel;

import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.node.Node;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The node's HTTP clients: one for each kind and event loop, shared by all tenants, made when a
 * call first needs it. Connections are not shared: see {@link OwnServer}. A call takes the client
 * of its own loop, so it never changes threads.
 *
 * <p>Threads: {@link #lease} from any; the lease's ways to call from event loops of the node.
 */
public final class HttpClients {
  private final Node node;
  private final EventLoops loops;
  private final Map<ClientKind, SharedClient> shared = new HashMap<>();
  private final AtomicLong channels = new AtomicLong();

  public HttpClients(Node node) {
    this.node = node;
    this.loops = new EventLoops(node.loops());
  }

  /**
   * Takes a share in the client of {@code kind} for calls to one server; give it back by {@link
   * ClientLease#close()}.
   *
   * @param server whose idle connections are closed with its last lease; null: calls go to changing
   *     servers
   */
  public ClientLease lease(ClientKind kind, @Nullable SocketAddress server) {
    SharedClient client;
    synchronized (shared) {
      client = shared.computeIfAbsent(kind, made -> new SharedClient(node, made, loops));
      client.enter(server);
    }
    return new ClientLease(this, client, server);
  }

  /** An app's address for a new channel, which alone will use the connections to it. */
  OwnServer own(AppEndpoint app) {
    return OwnServer.of(app, channels.incrementAndGet());
  }

  Future<Void> giveBack(SharedClient client, @Nullable SocketAddress server) {
    boolean last;
    synchronized (shared) {
      last = client.leave(server);
      if (last) {
        shared.remove(client.kind(), client);
      }
    }
    return last ? client.close() : Future.succeededFuture();
  }

  /** The node's event loops by number. */
  static final class EventLoops {
    private final List<Context> contexts;
    private final Object[] nettyLoops;

    EventLoops(List<Context> contexts) {
      this.contexts = contexts;
      this.nettyLoops =
          contexts.stream().map(context -> ((ContextInternal) context).nettyEventLoop()).toArray();
    }

    int count() {
      return nettyLoops.length;
    }

    Context context(int loop) {
      return contexts.get(loop);
    }

    /** Number of the loop this thread runs; -1 on a thread that is none of them. */
    int current() {
      ContextInternal context = ContextInternal.current();
      if (context != null && context.inThread()) {
        Object own = context.nettyEventLoop();
        for (int i = 0; i < nettyLoops.length; i++) {
          if (nettyLoops[i] == own) {
            return i;
          }
        }
      }
      return -1;
    }
  }
}
