package io.jitney.components.redis;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.NodeResources;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one Redis with one login: one per event loop for small work, and where there
 * is such work one for what is large, and one for calls that make the server wait. Shared by all
 * openings with equal settings; each flow gets its fair share of every connection. Thread-safe.
 */
public final class RedisPool implements SharedPools.Client {
  /** Which of a loop's connections a call asks for. */
  public enum Lane {
    /** Answers at once; the pool tells small from large work by itself. */
    SHARED,
    /** Writes followed by WAIT, which holds up its connection for up to a second. */
    WAITING
  }

  /** Reads that are written together at most. */
  public static final int MAX_BATCH = 64;

  private final VertxInternal vertx;
  private final SharedPools.Lease<RedisNode> node;
  private final IdentityHashMap<EventLoop, RedisLoop> loops = new IdentityHashMap<>();
  private final RedisLoop first;
  private final KeyWatch watch;

  private RedisPool(NodeResources resources, RedisSettings settings) {
    vertx = (VertxInternal) resources.vertx();
    node =
        resources
            .pools()
            .borrow(
                new PoolKey("redis.loops", Map.of()),
                RedisNode.class,
                () -> new RedisNode(resources));
    Circuit circuit = new Circuit();
    RedisLoop head = null;
    for (Context context : resources.loops()) {
      EventLoop eventLoop = ((ContextInternal) context).nettyEventLoop();
      RedisConnector connector = new RedisConnector(settings, node.client(), eventLoop);
      RedisLoop loop = new RedisLoop(eventLoop, settings, connector, circuit, resources.gates());
      loops.put(eventLoop, loop);
      head = head == null ? loop : head;
    }
    if (head == null) {
      throw new IllegalArgumentException("no event loops");
    }
    first = head;
    watch = new KeyWatch(head.eventLoop(), settings, node.client(), circuit);
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
    RedisLoop loop = loop(caller);
    PromiseInternal<T> promise = caller.promise();
    call.start(promise, context, lane, loop);
    submit(loop, call);
    return promise.future();
  }

  public <T extends @Nullable Object> Future<T> call(CallContext context, RedisCall<T> call) {
    return call(context, Lane.SHARED, call);
  }

  /**
   * Sends reads together, as one piece of work. Each future fails with {@link RedisFailure} by
   * itself, and completes on the caller's context.
   *
   * @param calls 1 to {@value #MAX_BATCH} calls
   */
  public <T extends @Nullable Object> List<Future<T>> batch(
      CallContext context, List<RedisCall<T>> calls) {
    ContextInternal caller = vertx.getOrCreateContext();
    RedisLoop loop = loop(caller);
    List<Future<T>> answers = new ArrayList<>(calls.size());
    for (RedisCall<T> call : calls) {
      PromiseInternal<T> promise = caller.promise();
      call.start(promise, context, Lane.SHARED, loop);
      answers.add(promise.future());
    }
    submit(loop, calls.size() == 1 ? calls.getFirst() : new RedisBatch(context, calls));
    return answers;
  }

  /**
   * Sends the calls between MULTI and EXEC. Fails with the first error; what succeeded stays
   * applied.
   *
   * @param calls must not be empty
   */
  public Future<@Nullable Void> transact(CallContext context, List<RedisCall<?>> calls) {
    ContextInternal caller = vertx.getOrCreateContext();
    RedisLoop loop = loop(caller);
    PromiseInternal<@Nullable Void> promise = caller.promise();
    submit(loop, new RedisTransaction(calls, promise, context, loop, 0));
    return promise.future();
  }

  /** Tells when keys change; opens its connection when somebody watches one. */
  public KeyWatch watch() {
    return watch;
  }

  private RedisLoop loop(ContextInternal caller) {
    return loops.getOrDefault(caller.nettyEventLoop(), first);
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
    int count = watch.connections();
    for (RedisLoop loop : loops.values()) {
      count += loop.connections();
    }
    return count;
  }

  @Override
  public Future<Void> close() {
    List<Future<?>> closing = new ArrayList<>();
    closing.add(watch.close());
    for (RedisLoop loop : loops.values()) {
      closing.add(loop.close());
    }
    return Future.join(closing).<Void>mapEmpty().eventually(() -> node.release());
  }
}
