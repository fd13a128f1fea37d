package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.Flow;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.redis.RedisStateStore;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.TestGates;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a heavy neighbour on the same pool and event loop costs a victim that reads 1 KiB
 * every millisecond: latency alone and beside each neighbour, in one run. A main program, not a
 * test: {@code mvn test-compile exec} or an IDE starts it. ADR 0010 has its figures.
 */
final class HeavyNeighbour {
  private static final int SECONDS = Integer.getInteger("seconds", 4);
  private static final Flow VICTIM = TestNode.flow("victim");
  private static final Flow NEIGHBOUR = TestNode.flow("neighbour");
  private static final Buffer KIB = Buffer.buffer(new byte[1024]);
  private static final Buffer LARGE = Buffer.buffer(new byte[4 << 20]);

  private final TestNode node;
  private final StateStore victim;
  private final StateStore neighbour;

  private HeavyNeighbour(TestNode node, StateStore victim, StateStore neighbour) {
    this.node = node;
    this.victim = victim;
    this.neighbour = neighbour;
  }

  public static void main(String[] arguments) {
    RedisServer redis = new RedisServer();
    redis.start(RedisServer.freePort());
    TestNode node =
        new TestNode(Path.of("."), Boolean.getBoolean("off") ? CallGates.OPEN : new TestGates());
    try {
      Map<String, String> metadata = Map.of("redisHost", redis.address());
      Supplier<StateStore> open =
          () ->
              node.await(
                  () ->
                      RedisStateStore.open(TestNode.spec("state.redis", metadata), node.opening()));
      new HeavyNeighbour(node, open.get(), open.get()).run();
    } finally {
      redis.stop();
      node.close();
    }
    System.exit(0); // the node's pools are still borrowed
  }

  private void run() {
    node.await(() -> set(victim, "v||1", KIB));
    node.await(() -> set(neighbour, "n||large", LARGE));
    List<GetRequest> many = new ArrayList<>();
    List<StateOperation> thousand = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      many.add(new GetRequest("n||" + i, "", Map.of()));
    }
    for (int i = 0; i < 1_000; i++) {
      thousand.add(new StateOperation.Upsert(request("n||" + i, Buffer.buffer("0123456789"))));
    }
    node.await(
        () -> ((StateStore.Transactional) neighbour).transact(call(neighbour), thousand, Map.of()));
    measure("warming up", null, 0);
    measure("alone", null, 0);
    measure("4 x 4 MiB sets", () -> set(neighbour, "n||large", LARGE), 4);
    measure("4 x 4 MiB gets", () -> get(neighbour, "n||large"), 4);
    measure("2 x bulk gets of 5,000", () -> neighbour.bulkGet(call(neighbour), many, 0), 2);
    measure(
        "4 x transactions of 1,000",
        () -> ((StateStore.Transactional) neighbour).transact(call(neighbour), thousand, Map.of()),
        4);
    measure("256 x 1 KiB gets", () -> get(neighbour, "n||1"), 256);
    measure("alone again", null, 0);
  }

  private CallContext call(StateStore store) {
    return TestNode.call(store == victim ? VICTIM : NEIGHBOUR, 30_000);
  }

  private static SetRequest request(String key, Buffer value) {
    return new SetRequest(key, new StateData.Bytes(value), null, Map.of(), StateOptions.NONE);
  }

  private Future<?> get(StateStore store, String key) {
    return store.get(call(store), new GetRequest(key, "", Map.of()));
  }

  private Future<Void> set(StateStore store, String key, Buffer value) {
    return store.set(call(store), request(key, value));
  }

  /** The neighbour repeats its call, so many at once, while the victim reads. */
  private void measure(String name, @Nullable Supplier<Future<?>> heavy, int atOnce) {
    if (!name.contains(System.getProperty("only", ""))) {
      return;
    }
    Load load = new Load(heavy);
    for (int i = 0; i < atOnce; i++) {
      node.loops().getFirst().runOnContext(go -> load.repeat());
    }
    long[] nanos = victim();
    load.stopped = true;
    Arrays.sort(nanos);
    System.out.printf(
        "%-28s victim p50 %8.3f ms  p99 %8.3f ms  max %8.3f ms   neighbour %6d calls/s (%d failed)%n",
        name, at(nanos, 0.5), at(nanos, 0.99), at(nanos, 1), load.done / SECONDS, load.failed);
    try {
      TimeUnit.MILLISECONDS.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * quantile))] / 1e6;
  }

  /** One read per millisecond, whatever the earlier ones do; latency from when it was due. */
  private long[] victim() {
    int calls = SECONDS * 1_000;
    long[] nanos = new long[calls];
    List<Future<?>> all = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      long due = start + TimeUnit.MILLISECONDS.toNanos(i);
      while (System.nanoTime() < due) {
        Thread.onSpinWait();
        if (due - System.nanoTime() > 200_000) {
          java.util.concurrent.locks.LockSupport.parkNanos(100_000);
        }
      }
      int at = i;
      io.vertx.core.Promise<Void> done = io.vertx.core.Promise.promise();
      all.add(done.future());
      node.loops()
          .getFirst()
          .runOnContext(
              go ->
                  get(victim, "v||1")
                      .onComplete(
                          got -> {
                            nanos[at] = System.nanoTime() - due;
                            done.complete();
                          }));
    }
    TestNode.get(Future.join(all));
    return nanos;
  }

  private static final class Load {
    private final @Nullable Supplier<Future<?>> call;
    private volatile boolean stopped;
    private volatile int done;
    private volatile int failed;

    Load(@Nullable Supplier<Future<?>> call) {
      this.call = call;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one loop writes
    void repeat() {
      if (stopped || call == null) {
        return;
      }
      call.get()
          .onComplete(
              ended -> {
                done++;
                if (ended.failed() && failed++ == 0) {
                  System.out.println("first failure: " + ended.cause());
                }
                io.vertx.core.Vertx.currentContext().runOnContext(go -> repeat());
              });
    }
  }
}
