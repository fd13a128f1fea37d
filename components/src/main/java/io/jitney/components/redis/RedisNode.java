package io.jitney.components.redis;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.NodeResources;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What all Redis pools of the node share: Lettuce's resources of each loop. Thread-safe. */
final class RedisNode implements SharedPools.Client {
  private final IdentityHashMap<EventLoop, ClientResources> resources = new IdentityHashMap<>();

  RedisNode(NodeResources node) {
    AddressResolverGroup<?> resolver =
        ((VertxInternal) node.vertx()).nameResolver().nettyAddressResolverGroup();
    for (Context context : node.loops()) {
      EventLoop loop = ((ContextInternal) context).nettyEventLoop();
      resources.put(loop, LoopResources.of(loop, resolver));
    }
  }

  ClientResources resources(EventLoop loop) {
    return Objects.requireNonNull(resources.get(loop));
  }

  @Override
  public int connections() {
    return 0;
  }

  /** Loops, timers and resolver are lent and go on; Lettuce only ends its own books. */
  @Override
  public Future<Void> close() {
    for (ClientResources one : resources.values()) {
      var _ = one.shutdown(0, 0, TimeUnit.SECONDS);
    }
    return Future.succeededFuture();
  }
}
