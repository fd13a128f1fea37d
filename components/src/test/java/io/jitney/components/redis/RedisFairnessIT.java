package io.jitney.components.redis;

import static io.jitney.components.testing.TestNode.call;
import static io.jitney.components.testing.TestNode.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.Flow;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.redis.RedisStateStore;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.SlowProxy;
import io.jitney.components.testing.TestGates;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two tenants on one pool: what one of them does, and what the other notices. */
class RedisFairnessIT {
  private static final Flow LOUD = flow("loud");
  private static final Flow QUIET = flow("quiet");
  private static final int LARGE = 4 << 20;

  @RegisterExtension static final RedisServer REDIS = new RedisServer("--maxclients", "500");

  private TestNode node = new TestNode(Path.of("."), new TestGates());
  private final SlowProxy proxy = new SlowProxy(REDIS.port());
  private final List<StateStore> stores = new ArrayList<>();

  @BeforeEach
  void flush() {
    REDIS.command("FLUSHALL");
  }

  @AfterEach
  void closeAll() {
    stores.forEach(store -> node.await(store::close));
    node.close();
    proxy.close();
    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> REDIS.clients() == 0);
  }

  private StateStore open(String address, String... more) {
    Map<String, String> metadata = new HashMap<>(Map.of("redisHost", address));
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    StateStore store =
        node.await(
            () -> RedisStateStore.open(TestNode.spec("state.redis", metadata), node.opening()));
    stores.add(store);
    return store;
  }

  private static SetRequest request(String key, byte[] value) {
    return new SetRequest(
        key, new StateData.Bytes(Buffer.buffer(value)), null, Map.of(), StateOptions.NONE);
  }

  private static Future<StateItem> get(StateStore store, CallContext context, String key) {
    return store.get(context, new GetRequest(key, "", Map.of()));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private int connections() {
    return node.pools().connectionsByType().getOrDefault("redis", 0);
  }

  @Test
  void largeValuesTravelOnAConnectionOfTheirOwnAndArriveWhole() {
    StateStore loud = open(REDIS.address());
    StateStore quiet = open(REDIS.address());
    node.await(() -> quiet.set(call(QUIET, 9_000), request("q||k", random(1024))));
    assertThat(connections()).as("small work needs one").isEqualTo(1);
    byte[] value = random(LARGE);
    List<Future<Void>> sets = new ArrayList<>();
    Future<StateItem> small =
        node.await(
            () -> {
              for (int i = 0; i < 8; i++) {
                sets.add(loud.set(call(LOUD, 9_000), request("l||" + i, value)));
              }
              return Future.succeededFuture(get(quiet, call(QUIET, 9_000), "q||k"));
            });
    assertThat(TestNode.get(small).data()).isNotNull();
    assertThat(sets)
        .as("the small call overtook")
        .filteredOn(Future::isComplete)
        .hasSizeLessThan(8);
    sets.forEach(TestNode::get);
    assertThat(connections()).isEqualTo(2);
    for (int i = 0; i < 8; i++) {
      String key = "l||" + i;
      Buffer read = node.await(() -> get(loud, call(LOUD, 9_000), key)).data();
      assertThat(Arrays.equals(read.getBytes(), value)).isTrue();
    }
  }

  @Test
  void aFlowWhoseAnswersAreLargeMoves() {
    StateStore store = open(REDIS.address());
    node.await(() -> store.set(call(LOUD, 9_000), request("l||large", random(20_000))));
    REDIS.command("HSET", "l||large", "data", "x".repeat(LARGE));
    assertThat(connections()).isEqualTo(1);
    node.await(() -> get(store, call(LOUD, 9_000), "l||large"));
    assertThat(connections()).as("nobody knew how large it is").isEqualTo(1);
    node.await(() -> get(store, call(LOUD, 9_000), "l||large"));
    assertThat(connections()).isEqualTo(2);
  }

  @Test
  void aTransactionOfAThousandAndABulkOfThousandsDoNotHoldUpSmallReads() {
    proxy.delay(20); // so that what is behind something else shows
    StateStore loud = open(proxy.address());
    StateStore quiet = open(proxy.address());
    node.await(() -> quiet.set(call(QUIET, 9_000), request("q||k", random(1024))));
    List<StateOperation> thousand = new ArrayList<>();
    List<GetRequest> many = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      thousand.add(new StateOperation.Upsert(request("l||" + i, random(100))));
    }
    for (int i = 0; i < 5_000; i++) {
      many.add(new GetRequest("l||" + i, "", Map.of()));
    }
    List<Future<?>> heavy = new ArrayList<>();
    List<Future<StateItem>> light = new ArrayList<>();
    node.await(
        () -> {
          StateStore.Transactional store = (StateStore.Transactional) loud;
          for (int i = 0; i < 5; i++) {
            heavy.add(store.transact(call(LOUD, 30_000), thousand, Map.of()));
            heavy.add(loud.bulkGet(call(LOUD, 30_000), many, 0));
          }
          for (int i = 0; i < 50; i++) {
            light.add(get(quiet, call(QUIET, 30_000), "q||k"));
          }
          return Future.succeededFuture();
        });
    light.forEach(TestNode::get);
    assertThat(heavy).filteredOn(Future::isComplete).hasSizeLessThan(5);
    heavy.forEach(TestNode::get);
    @SuppressWarnings("unchecked")
    List<BulkItem> items = (List<BulkItem>) heavy.get(9).result();
    assertThat(items).hasSize(5_000);
    assertThat(items.subList(0, 1_000)).allMatch(item -> item.item().data() != null);
    assertThat(items.subList(1_000, 5_000)).allMatch(item -> item.item().data() == null);
    assertThat(REDIS.command("DBSIZE")).isEqualTo(1_001L);
  }

  @Test
  void aFloodWaitsInItsOwnQueue() {
    proxy.delay(50);
    StateStore loud = open(proxy.address());
    StateStore quiet = open(proxy.address());
    List<Future<StateItem>> flood = new ArrayList<>();
    List<Future<StateItem>> light = new ArrayList<>();
    node.await(
        () -> {
          for (int i = 0; i < 6_000; i++) {
            flood.add(get(loud, call(LOUD, 30_000), "l||k"));
          }
          for (int i = 0; i < 10; i++) {
            light.add(get(quiet, call(QUIET, 30_000), "q||k"));
          }
          return Future.succeededFuture();
        });
    light.forEach(TestNode::get);
    long served = flood.stream().filter(Future::succeeded).count();
    assertThat(served).as("only what was under way is before them").isLessThan(600);
    List<Future<StateItem>> refused = flood.stream().filter(Future::failed).toList();
    assertThat(refused).as("the queue of one flow is bounded").hasSizeGreaterThan(1_000);
    assertThat(refused)
        .allSatisfy(one -> assertThat(one.cause()).hasMessage("redis: connection pool timeout"));
  }

  @Test
  void deadlinesDropWhatWaits() {
    proxy.delay(300);
    StateStore store = open(proxy.address());
    List<Future<StateItem>> calls = new ArrayList<>();
    node.await(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            calls.add(get(store, call(LOUD, 450), "l||k"));
          }
          return Future.succeededFuture();
        });
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> calls.stream().allMatch(Future::isComplete));
    assertThat(calls)
        .filteredOn(Future::failed)
        .hasSizeGreaterThan(500)
        .allSatisfy(one -> assertThat(one.cause()).hasMessage("context deadline exceeded"));
    proxy.delay(0);
    assertThat(REDIS.command("INFO", "commandstats").toString())
        .as("what was late was not sent")
        .doesNotContain("cmdstat_hgetall:calls=1000");
  }

  @Test
  void aSilentConnectionTakesOnlyItsOwnCallsDown() {
    StateStore loud = open(proxy.address(), "readTimeout", "400ms", "redisMaxRetries", "-1");
    StateStore quiet = open(proxy.address(), "readTimeout", "400ms", "redisMaxRetries", "-1");
    node.await(() -> loud.set(call(LOUD, 9_000), request("l||large", random(LARGE))));
    assertThat(node.pools().connectionsByType()).containsEntry("redis", 2);
    proxy.freeze();
    // Both connections are frozen. Those of the quiet flow that were not sent go out on a new one.
    List<Future<Void>> lost = new ArrayList<>();
    List<Future<StateItem>> reads = new ArrayList<>();
    node.await(
        () -> {
          lost.add(loud.set(call(LOUD, 9_000), request("l||large", random(LARGE))));
          for (int i = 0; i < 400; i++) {
            reads.add(get(quiet, call(QUIET, 9_000), "q||k"));
          }
          return Future.succeededFuture();
        });
    assertThatThrownBy(() -> TestNode.get(lost.getFirst())).hasMessageContaining("i/o timeout");
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> reads.stream().allMatch(Future::isComplete));
    assertThat(reads).filteredOn(Future::failed).as("what was sent").hasSize(128);
    assertThat(reads).filteredOn(Future::succeeded).as("what was not").hasSize(272);
  }

  @Test
  void oneFlowsErrorsAreItsOwn() {
    StateStore loud = open(REDIS.address());
    StateStore quiet = open(REDIS.address());
    REDIS.command("LPUSH", "l||list", "1");
    node.await(() -> quiet.set(call(QUIET, 9_000), request("q||k", random(10))));
    List<Future<StateItem>> wrong = new ArrayList<>();
    List<Future<StateItem>> right = new ArrayList<>();
    node.await(
        () -> {
          for (int i = 0; i < 500; i++) {
            wrong.add(get(loud, call(LOUD, 9_000), "l||list"));
            right.add(get(quiet, call(QUIET, 9_000), "q||k"));
          }
          return Future.succeededFuture();
        });
    right.forEach(TestNode::get);
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> wrong.stream().allMatch(Future::isComplete));
    assertThat(wrong)
        .allSatisfy(one -> assertThat(one.cause()).hasMessageStartingWith("WRONGTYPE"));
    assertThat(connections()).isEqualTo(1);
  }

  @Test
  void aDeadServerIsAskedSeldomHoweverManyCall() {
    int port = RedisServer.freePort();
    RedisServer server = new RedisServer("--save", "");
    server.start(port);
    try (SlowProxy counting = new SlowProxy(port)) {
      StateStore store = open(counting.address(), "redisMaxRetries", "-1");
      node.await(() -> get(store, call(QUIET, 9_000), "q||k"));
      server.stop();
      int before = counting.accepted();
      List<Future<StateItem>> calls = new ArrayList<>();
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
      while (System.nanoTime() < end) {
        node.await(
            () -> {
              for (int i = 0; i < 200; i++) {
                calls.add(get(store, call(i % 2 == 0 ? LOUD : QUIET, 9_000), "k"));
              }
              return Future.succeededFuture();
            });
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
      Awaitility.await()
          .atMost(5, TimeUnit.SECONDS)
          .until(() -> calls.stream().allMatch(Future::isComplete));
      assertThat(calls).hasSizeGreaterThan(2_000).allMatch(Future::failed);
      assertThat(counting.accepted() - before).isLessThan(60);
      server.start(port);
      node.await(() -> get(store, call(QUIET, 9_000), "q||k"));
    } finally {
      server.stop();
    }
  }

  /** Isolation switched off: one connection, first come first served. */
  @Test
  void withoutIsolationEverythingSharesOneConnection() {
    node.close();
    node = new TestNode(Path.of("."), CallGates.OPEN);
    StateStore store = open(REDIS.address());
    node.await(() -> store.set(call(LOUD, 9_000), request("l||large", random(LARGE))));
    assertThat(node.await(() -> get(store, call(LOUD, 9_000), "l||large")).data().length())
        .isEqualTo(LARGE);
    assertThat(connections()).isEqualTo(1);
  }
}
