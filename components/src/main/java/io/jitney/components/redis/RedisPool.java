package io.jitney.components.redis;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.NodeResources;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one Redis with one login: one per event loop, and a second one per loop for
 * calls that make the server wait. Shared by all openings with equal settings. Thread-safe.
 */
public final class RedisPool implements SharedPools.Client {
  /** Which of a loop's connections a call takes. */
  public enum Lane {
    /** Answers at once; everybody's calls follow each other here. */
    SHARED,
    /** Writes followed by WAIT, which holds up its connection for up to a second. */
    WAITING
  }

  /** The calls of one event loop. */
  private record Lanes(RedisConnector connector, RedisLoop shared, RedisLoop waiting) {
    RedisLoop of(Lane lane) {
      return switch (lane) {
        case SHARED -> shared;
        case WAITING -> waiting;
      };
    }

    Future<Void> close() {
      Promise<Void> closed = Promise.promise();
      Future.join(shared.close(), waiting.close())
          .onComplete(
              links ->
                  shared
                      .eventLoop()
                      .execute(
                          () -> {
                            var _ =
                                connector.close().whenComplete((ok, failure) -> closed.complete());
                          }));
      return closed.future();
    }
  }

  private final VertxInternal vertx;
  private final SharedPools.Lease<RedisNode> node;
  private final IdentityHashMap<EventLoop, Lanes> loops = new IdentityHashMap<>();
  private final Lanes first;

  private RedisPool(NodeResources resources, RedisSettings settings) {
    vertx = (VertxInternal) resources.vertx();
    node =
        resources
            .pools()
            .borrow(
                new PoolKey("redis.loops", Map.of()),
                RedisNode.class,
                () -> new RedisNode(resources));
    Lanes head = null;
    for (Context context : resources.loops()) {
      EventLoop loop = ((ContextInternal) context).nettyEventLoop();
      RedisConnector connector = new RedisConnector(settings, node.client(), loop);
      Lanes lanes =
          new Lanes(
              connector,
              new RedisLoop(loop, settings, connector),
              new RedisLoop(loop, settings, connector));
      loops.put(loop, lanes);
      head = head == null ? lanes : head;
    }
    if (head == null) {
      throw new IllegalArgumentException("no event loops");
    }
    first = head;
  }

  /** Borrows the pool for these settings. Opens no connection. */
  public static SharedPools.Lease<RedisPool> borrow(NodeResources node, RedisSettings settings) {
    return node.pools()
        .borrow(settings.poolKey(), RedisPool.class, () -> new RedisPool(node, settings));
  }

  /**
   * Makes a call. The future fails with {@link RedisFailure} and completes on the caller's context.
   */
  public <T extends @Nullable Object> Future<T> call(
      CallContext context, Lane lane, RedisCall<T> call) {
    ContextInternal caller = vertx.getOrCreateContext();
    RedisLoop loop = loop(caller, lane);
    PromiseInternal<T> promise = caller.promise();
    call.start(promise, context.deadlineNanos(), loop);
    submit(loop, call);
    return promise.future();
  }

  public <T extends @Nullable Object> Future<T> call(CallContext context, RedisCall<T> call) {
    return call(context, Lane.SHARED, call);
  }

  /**
   * Sends the calls between MULTI and EXEC. Fails with the first error; what succeeded stays
   * applied.
   *
   * @param calls must not be empty
   */
  public Future<@Nullable Void> transact(CallContext context, List<RedisCall<?>> calls) {
    ContextInternal caller = vertx.getOrCreateContext();
    RedisLoop loop = loop(caller, Lane.SHARED);
    PromiseInternal<@Nullable Void> promise = caller.promise();
    submit(loop, new RedisTransaction(calls, promise, context.deadlineNanos(), loop, 0));
    return promise.future();
  }

  private RedisLoop loop(ContextInternal caller, Lane lane) {
    return loops.getOrDefault(caller.nettyEventLoop(), first).of(lane);
  }

  private static void submit(RedisLoop loop, RedisWork work) {
    if (loop.eventLoop().inEventLoop()) {
      loop.submit(work);
    } else {
      loop.eventLoop().execute(() -> loop.submit(work));
    }
  }

  @Override
  public int connections() {
    int count = 0;
    for (Lanes lanes : loops.values()) {
      count += lanes.shared().connections() + lanes.waiting().connections();
    }
    return count;
  }

  @Override
  public Future<Void> close() {
    List<Future<?>> closing = new ArrayList<>();
    for (Lanes lanes : loops.values()) {
      closing.add(lanes.close());
    }
    return Future.join(closing).<Void>mapEmpty().eventually(() -> node.release());
  }
}
