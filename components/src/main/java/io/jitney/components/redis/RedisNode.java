package io.jitney.components.redis;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.NodeResources;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.internal.VertxInternal;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What all Redis pools of the node share: Lettuce's resources of each loop. Thread-safe. */
final class RedisNode implements SharedPools.Client {
  private final VertxInternal vertx;
  private final IdentityHashMap<EventLoop, ClientResources> resources = new IdentityHashMap<>();
  private final boolean paced;
  private volatile boolean warm;

  RedisNode(NodeResources node) {
    vertx = (VertxInternal) node.vertx();
    paced = node.gates() != CallGates.OPEN;
  }

  synchronized ClientResources resources(EventLoop loop) {
    return resources.computeIfAbsent(
        loop,
        one -> LoopResources.of(one, vertx.nameResolver().nettyAddressResolverGroup(), paced));
  }

  /**
   * Starts connecting, until the first time succeeded on a worker thread: it loads some thousand
   * classes, and an event loop should not stand still for that.
   */
  <T> CompletionStage<T> start(Supplier<CompletionStage<T>> connecting) {
    if (warm) {
      return connecting.get();
    }
    return vertx
        .executeBlocking(connecting::get, false)
        .toCompletionStage()
        .thenCompose(Objects::requireNonNull)
        .whenComplete((connected, failure) -> warm |= failure == null);
  }

  @Override
  public int connections() {
    return 0;
  }

  /** Loops, timers and resolver are lent and go on; Lettuce only ends its own books. */
  @Override
  public synchronized Future<Void> close() {
    for (ClientResources one : resources.values()) {
      var _ = one.shutdown(0, 0, TimeUnit.SECONDS);
    }
    return Future.succeededFuture();
  }
}
