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
 */
public record NodeResources(Vertx vertx, List<Context> loops, SharedPools pools) {
  public NodeResources {
    loops = List.copyOf(loops);
  }
}
