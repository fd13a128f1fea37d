package io.jitney.components.spi;

import io.jitney.components.pool.SharedPools;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What exists once per node and is lent to components.
 *
 * @param vertx the daemon's Vert.x
 * @param loops one context per event loop, in a fixed order
 * @param pools shared physical clients, by (type, resolved settings, credentials, TLS identity)
 * @param gates makes the gates that pools put in front of what is contended
 * @param kept what components keep on the heap for apps
 */
public record NodeResources(
    Vertx vertx, List<Context> loops, SharedPools pools, CallGates gates, KeptBytes kept) {
  /** With as much to keep as the heap allows. */
  public NodeResources(Vertx vertx, List<Context> loops, SharedPools pools, CallGates gates) {
    this(vertx, loops, pools, gates, KeptBytes.byHeap());
  }

  /** Without fairness: every gate is open. */
  public NodeResources(Vertx vertx, List<Context> loops, SharedPools pools) {
    this(vertx, loops, pools, CallGates.OPEN);
  }

  public NodeResources {
    loops = List.copyOf(loops);
  }

  /**
   * The calling loop if there is one, else any: what belongs to an app stays near its other work.
   */
  public ContextInternal nearLoop() {
    if (Vertx.currentContext() instanceof ContextInternal current && current.isEventLoopContext()) {
      for (Context loop : loops) {
        if (((ContextInternal) loop).nettyEventLoop() == current.nettyEventLoop()) {
          return (ContextInternal) loop;
        }
      }
    }
    return (ContextInternal) loops.get(ThreadLocalRandom.current().nextInt(loops.size()));
  }
}
