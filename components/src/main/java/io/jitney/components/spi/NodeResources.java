package io.jitney.components.spi;

import io.jitney.components.pool.SharedPools;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * What exists once per node and is lent to components.
 *
 * @param vertx the daemon's Vert.x
 * @param loops one context per event loop, in a fixed order
 * @param pools shared physical clients, by (type, resolved settings, credentials, TLS identity)
 * @param gates makes the gates that pools put in front of what is contended
 */
public record NodeResources(Vertx vertx, List<Context> loops, SharedPools pools, CallGates gates) {
  /** Without fairness: every gate is open. */
  public NodeResources(Vertx vertx, List<Context> loops, SharedPools pools) {
    this(vertx, loops, pools, CallGates.OPEN);
  }

  public NodeResources {
    loops = List.copyOf(loops);
  }
}
