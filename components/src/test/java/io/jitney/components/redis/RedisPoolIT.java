package io.jitney.components.redis;

import static io.jitney.components.testing.TestNode.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.redis.RedisStateStore;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sharing, threads, deadlines and reconnecting, seen through state stores and from the server's
 * side.
 */
class RedisPoolIT {
  /** A process of its own: these tests stop it, and count its connections. */
  @RegisterExtension static final RedisServer REDIS = new RedisServer("--maxclients", "5000");

  private TestNode node = new TestNode(Path.of("."));
  private final List<StateStore> stores = new ArrayList<>();

  @BeforeEach
  void openNode() {
    REDIS.command("FLUSHALL");
  }

  @AfterEach
  void closeAll() {
    closeStores();
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> REDIS.clients() == 0);
  }

  private void closeStores() {
    stores.forEach(store -> node.await(store::close));
    stores.clear();
  }

  private StateStore open(String... more) {
    Map<String, String> metadata = new HashMap<>(Map.of("redisHost", REDIS.address()));
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    StateStore store =
        node.await(
            () -> RedisStateStore.open(TestNode.spec("state.redis", metadata), node.opening()));
    stores.add(store);
    return store;
  }

  private static Future<Void> set(StateStore store, String key, long millis) {
    return store.set(
        call(millis),
        new SetRequest(
            key, new StateData.Json(Buffer.buffer("1")), null, Map.of(), StateOptions.NONE));
  }

  private static Future<StateItem> get(StateStore store, String key, long millis) {
    return store.get(call(millis), new GetRequest(key, "", Map.of()));
  }

  @Test
  void aHundredTenantsShareOneConnectionPerLoop() {
    List<StateStore> tenants = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      tenants.add(open());
    }
    assertThat(REDIS.clients()).as("only the opening loop has connected").isEqualTo(1);
    for (int i = 0; i < tenants.size(); i++) {
      StateStore tenant = tenants.get(i);
      String key = "t" + i + "||k";
      for (int loop = 0; loop < TestNode.LOOPS; loop++) {
        node.await(loop, () -> set(tenant, key, 5_000));
        assertThat(node.await(loop, () -> get(tenant, key, 5_000)).data()).isNotNull();
      }
    }
    assertThat(REDIS.clients()).isEqualTo(TestNode.LOOPS);
    assertThat(node.pools().connectionsByType()).containsEntry("redis", TestNode.LOOPS);
    assertThat(node.pools().clientsByType()).containsEntry("redis", 1);
    node.await(tenants.removeFirst()::close);
    stores.removeFirst();
    assertThat(node.await(1, () -> get(tenants.getFirst(), "t1||k", 5_000)).etag()).isEqualTo("2");
  }

  @Test
  void otherLoginsAndDatabasesNeverShare() {
    REDIS.command("ACL", "SETUSER", "joe", "on", ">pw2", ">pw3", "~*", "+@all");
    REDIS.command("ACL", "SETUSER", "ann", "on", ">pw2", "~*", "+@all");
    open();
    open("redisUsername", "joe", "redisPassword", "pw2");
    open("redisUsername", "joe", "redisPassword", "pw3");
    open("redisUsername", "ann", "redisPassword", "pw2");
    open("redisDB", "1");
    open("readTimeout", "4s");
    assertThat(node.pools().clientsByType()).containsEntry("redis", 6);
    assertThat(REDIS.clients()).isEqualTo(6);
    assertThat((String) REDIS.command("CLIENT", "LIST"))
        .contains("user=joe")
        .contains("user=ann")
        .contains("db=1");
    open("redisUsername", "joe", "redisPassword", "pw2");
    assertThat(REDIS.clients()).as("equal settings share").isEqualTo(6);
    assertThatThrownBy(
            () -> open("redisUsername", "joe", "redisPassword", "wrong", "redisMaxRetries", "-1"))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessage(
            "redis store: error connecting to redis at "
                + REDIS.address()
                + ": WRONGPASS invalid username-password pair or user is disabled.");
    assertThat(node.pools().clientsByType()).containsEntry("redis", 6);
  }

  @Test
  void callsCompleteOnTheLoopThatMadeThem() {
    StateStore store = open();
    for (int loop = 0; loop < TestNode.LOOPS; loop++) {
      Set<Thread> caller = ConcurrentHashMap.newKeySet();
      Set<Thread> completer = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 5; i++) {
        node.await(
            loop,
            () -> {
              caller.add(Thread.currentThread());
              return set(store, "k", 5_000)
                  .onSuccess(done -> completer.add(Thread.currentThread()))
                  .compose(done -> get(store, "k", 5_000))
                  .onSuccess(item -> completer.add(Thread.currentThread()));
            });
      }
      assertThat(completer).isEqualTo(caller).hasSize(1);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.contains("lettuce") || name.contains("nioEventLoop"));
  }

  @Test
  void poolsComeAndGoWithoutATrace() {
    for (int loop = 0; loop < TestNode.LOOPS; loop++) {
      node.await(loop, Future::succeededFuture); // their threads start with their first work
    }
    open();
    closeStores();
    long threads = threadsBesideWorkers();
    for (int i = 0; i < 100; i++) {
      open("redisDB", "" + i % 16, "poolSize", "" + i);
      if (stores.size() == 20) {
        closeStores();
      }
    }
    closeStores();
    assertThat(node.pools().clientsByType()).isEmpty();
    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> REDIS.clients() == 0);
    // The JVM starts a thread of its own now and then; 100 pools that left one each would show.
    assertThat(threadsBesideWorkers()).isLessThan(threads + 10);
  }

  /** Vert.x fills its bounded pool of workers as it likes. */
  private static long threadsBesideWorkers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("vert.x-worker"))
        .count();
  }

  @Test
  void aServerThatComesBackIsUsedAgain() {
    StateStore store = open("redisMaxRetries", "-1");
    node.await(() -> set(store, "k", 5_000));
    REDIS.stop();
    String refused = "dial tcp " + REDIS.address() + ": connect: connection refused";
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> node.await(() -> get(store, "k", 5_000)))
                    .isInstanceOf(ComponentException.Failed.class)
                    .hasMessage(refused));
    assertThatThrownBy(() -> node.await(() -> set(store, "k", 5_000)))
        .hasMessage("failed to set key k: " + refused);
    assertThatThrownBy(() -> open("redisMaxRetries", "-1"))
        .hasMessage(
            "redis store: error connecting to redis at " + REDIS.address() + ": " + refused);
    REDIS.start(REDIS.port());
    node.await(() -> set(store, "k", 5_000));
    assertThat(node.await(() -> get(store, "k", 5_000)).etag()).isEqualTo("1");
  }

  @Test
  void callsAreTriedAgainWhileTheServerRestarts() {
    StateStore store = open();
    node.await(() -> set(store, "k", 5_000));
    REDIS.stop();
    Future<Future<Void>> started =
        Future.succeededFuture(node.await(() -> Future.succeededFuture(set(store, "k", 9_000))));
    REDIS.start(REDIS.port());
    TestNode.get(started.result());
    assertThat(node.await(() -> get(store, "k", 5_000)).etag()).isEqualTo("1");
  }

  @Test
  void aSilentServerCostsACallerItsDeadlineAndNoMore() {
    StateStore store = open();
    node.await(() -> set(store, "k", 5_000));
    REDIS.command("CLIENT", "PAUSE", "1500", "ALL");
    long start = System.nanoTime();
    assertThatThrownBy(() -> node.await(() -> get(store, "k", 200)))
        .hasMessage("context deadline exceeded");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(800));
    assertThat(node.await(() -> get(store, "k", 5_000)).etag())
        .as("late replies meet no wrong caller")
        .isEqualTo("1");
  }

  @Test
  void aConnectionThatStaysSilentIsGivenUp() {
    StateStore store = open("readTimeout", "300ms", "redisMaxRetries", "-1");
    node.await(() -> set(store, "k", 5_000));
    REDIS.command("CLIENT", "PAUSE", "1500", "WRITE");
    assertThatThrownBy(() -> node.await(() -> set(store, "k", 5_000)))
        .hasMessage("failed to set key k: read tcp " + REDIS.address() + ": i/o timeout");
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .ignoreExceptions()
        .untilAsserted(() -> node.await(() -> set(store, "k2", 5_000)));
  }

  @Test
  void theQueueIsBounded() {
    StateStore store = open();
    REDIS.command("CLIENT", "PAUSE", "500", "ALL");
    List<Future<StateItem>> calls = new ArrayList<>();
    node.await(
        () -> {
          for (int i = 0; i < 20_000; i++) {
            calls.add(get(store, "k", 20_000));
          }
          return Future.succeededFuture();
        });
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> calls.stream().allMatch(Future::isComplete));
    assertThat(calls).filteredOn(Future::failed).hasSizeBetween(3_000, 4_000);
    assertThat(calls)
        .filteredOn(Future::failed)
        .allSatisfy(
            failed -> assertThat(failed.cause()).hasMessage("redis: connection pool timeout"));
  }

  @Test
  void idleConnectionsAreClosedAndOpenedAgain() {
    StateStore store = open("idleTimeout", "500ms");
    node.await(() -> set(store, "k", 5_000));
    assertThat(REDIS.clients()).isEqualTo(1);
    Awaitility.await().atMost(5, TimeUnit.SECONDS).until(() -> REDIS.clients() == 0);
    assertThat(node.pools().connectionsByType()).containsEntry("redis", 0);
    assertThat(node.await(() -> get(store, "k", 5_000)).etag()).isEqualTo("1");
  }

  @Test
  void strongWritesWaitOnAConnectionOfTheirOwn() {
    RedisServer replica = new RedisServer("--replicaof", "127.0.0.1", "" + REDIS.port());
    try {
      replica.start(RedisServer.freePort());
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> ((String) REDIS.command("INFO", "replication")).contains("state=online"));
      StateStore store = open();
      StateOptions strong = new StateOptions("", "strong");
      node.await(
          () ->
              store.set(
                  call(),
                  new SetRequest(
                      "k", new StateData.Json(Buffer.buffer("1")), null, Map.of(), strong)));
      assertThat(REDIS.command("INFO", "commandstats").toString())
          .contains("cmdstat_wait:calls=1,");
      assertThat(node.pools().connectionsByType()).containsEntry("redis", 2);
      assertThat(node.await(() -> get(store, "k", 5_000)).etag()).isEqualTo("1");
      assertThat(REDIS.clients()).as("two of the pool").isEqualTo(2);
    } finally {
      replica.stop();
    }
  }

  @Test
  void namesAreResolvedAndUnknownOnesReported() {
    StateStore store = open("redisHost", "localhost", "redisPort", "" + REDIS.port());
    node.await(() -> set(store, "k", 5_000));
    assertThatThrownBy(() -> open("redisHost", "no-such-host.invalid", "redisMaxRetries", "-1"))
        .hasMessageStartingWith(
            "redis store: error connecting to redis at no-such-host.invalid:6379: dial tcp: lookup"
                + " no-such-host.invalid");
  }
}
