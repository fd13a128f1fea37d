package io.jitney.components.testing;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.KeptBytes;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A node for tests: a Vert.x with two event loops, pools, and openings for as many tenants as a
 * test wants.
 */
public final class TestNode implements AutoCloseable {
  public static final int LOOPS = 2;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
  private final SharedPools pools = new SharedPools();
  private final List<Context> loops = new ArrayList<>();
  private final Path folder;
  private final CallGates gates;

  /** What openings logged, as {@code level message}. */
  public final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

  private final KeptBytes kept = new KeptBytes(16 << 20);

  /** A node without fairness. */
  public TestNode(Path folder) {
    this(folder, CallGates.OPEN);
  }

  public TestNode(Path folder, CallGates gates) {
    this.folder = folder;
    this.gates = gates;
    for (int i = 0; i < LOOPS; i++) {
      loops.add(((VertxInternal) vertx).createEventLoopContext());
    }
  }

  public SharedPools pools() {
    return pools;
  }

  public List<Context> loops() {
    return loops;
  }

  public Path folder() {
    return folder;
  }

  public NodeResources resources() {
    return new NodeResources(vertx, loops, pools, gates, kept);
  }

  public ComponentOpening opening(Map<String, String> environment) {
    return new ComponentOpening(resources(), environment, folder, new RecordingLog());
  }

  /** For an app that is away. */
  public ComponentOpening standIn() {
    return new ComponentOpening(resources(), Map.of(), folder, new RecordingLog(), true);
  }

  public ComponentOpening opening() {
    return opening(Map.of());
  }

  public static ComponentSpec spec(String type, Map<String, String> metadata) {
    return new ComponentSpec("s", type, "v1", new Metadata(metadata));
  }

  /** A call that may take ten seconds. */
  public static CallContext call() {
    return call(10_000);
  }

  public static CallContext call(long millis) {
    return new CallContext(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), null);
  }

  /** A call of that flow. */
  public static CallContext call(Flow flow, long millis) {
    return new CallContext(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), null, flow);
  }

  /** A flow of weight 1. */
  public static Flow flow(String name) {
    return new Flow() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public int weight() {
        return 1;
      }
    };
  }

  /** Starts the call on an event loop, as the daemon does, and waits for its end. */
  public <T> T await(Callable<Future<T>> call) {
    return await(0, call);
  }

  public <T> T await(int loop, Callable<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    loops
        .get(loop)
        .runOnContext(
            go -> {
              try {
                call.call().onComplete(promise);
              } catch (Exception e) {
                promise.fail(e);
              }
            });
    return get(promise.future());
  }

  public static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    get(vertx.close());
  }

  private final class RecordingLog implements ComponentLog {
    @Override
    public void debug(String message) {
      log.add("debug " + message);
    }

    @Override
    public void info(String message) {
      log.add("info " + message);
    }

    @Override
    public void warn(String message) {
      log.add("warn " + message);
    }

    @Override
    public void error(String message) {
      log.add("error " + message);
    }
  }
}
