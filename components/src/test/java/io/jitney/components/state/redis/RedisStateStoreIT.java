package io.jitney.components.state.redis;

import static io.jitney.components.testing.TestNode.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StateStoreConformance;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisStateStoreIT extends StateStoreConformance {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();

  @BeforeEach
  void emptyRedis() {
    REDIS.command("FLUSHALL");
  }

  @Override
  protected Traits traits() {
    return new Traits(true, true, true, false, false);
  }

  @Override
  protected StateStore open(TestNode node, String tenant) {
    return open(Map.of());
  }

  private StateStore open(Map<String, String> more) {
    Map<String, String> metadata = new HashMap<>(Map.of("redisHost", REDIS.address()));
    metadata.putAll(more);
    return node.await(
        () -> RedisStateStore.open(TestNode.spec("state.redis", metadata), node.opening()));
  }

  private static Object hash(String key) {
    return REDIS.command("HGETALL", key);
  }

  @Test
  void layoutIsDaprds() {
    set(first, put("a||k", "{ \"z\": 1, \"a\": \"<é>\" }"));
    assertThat(hash("a||k")).isEqualTo(List.of("data", "{\"z\":1,\"a\":\"<é>\"}", "version", "1"));
    set(first, put("a||k", "\"two\""));
    assertThat(hash("a||k")).isEqualTo(List.of("data", "\"two\"", "version", "2"));
    set(first, putBytes("a||b", "raw text".getBytes(StandardCharsets.UTF_8)));
    assertThat(hash("a||b")).isEqualTo(List.of("data", "raw text", "version", "1"));
    set(first, putBytes("a||e"));
    assertThat(hash("a||e")).isEqualTo(List.of("data", "", "version", "1"));
    assertThat(get(first, "a||e").data()).isNotNull();
    set(first, put("a||f", "1", null, Map.of(), FIRST_WRITE));
    assertThat(hash("a||f")).isEqualTo(List.of("data", "1", "first-write", "0", "version", "1"));
    delete(first, remove("a||f", null));
    assertThat(REDIS.command("EXISTS", "a||f")).isEqualTo(0L);
  }

  @Test
  void aRefusedWriteChangesNothing() {
    set(first, put("a||k", "1"));
    assertThatThrownBy(() -> set(first, put("a||k", "2", "7", Map.of(), StateOptions.NONE)))
        .isInstanceOf(ComponentException.EtagMismatch.class)
        .hasMessageMatching(
            "(?s)possible etag mismatch. error from state store: ERR .*@user_script:\\d+\\.");
    assertThat(hash("a||k")).isEqualTo(List.of("data", "1", "version", "1"));
    assertThatThrownBy(() -> set(first, put("a||k", "2", "abc", Map.of(), StateOptions.NONE)))
        .isInstanceOf(ComponentException.EtagInvalid.class)
        .hasMessage("invalid etag value: strconv.Atoi: parsing \"abc\": invalid syntax");
    assertMismatch(() -> set(first, put("a||k", "2", "-1", Map.of(), StateOptions.NONE)));
    assertMismatch(() -> delete(first, remove("a||k", "abc")));
    delete(first, remove("a||absent", "abc"));
  }

  @Test
  void aMarkedKeyRefusesPlainWrites() {
    set(first, put("a||k", "1", null, Map.of(), FIRST_WRITE));
    assertThatThrownBy(() -> set(first, put("a||k", "3", null, Map.of(), LAST_WRITE)))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessageMatching("(?s)failed to set key a\\|\\|k: ERR .*@user_script:\\d+\\.");
    assertMismatch(() -> set(first, put("a||k", "3", "9", Map.of(), LAST_WRITE)));
  }

  @Test
  void ttlIsSetKeptAndRemoved() {
    set(first, put("a||k", "1", null, Map.of("ttlInSeconds", "1000"), StateOptions.NONE));
    assertThat((Long) REDIS.command("TTL", "a||k")).isBetween(990L, 1000L);
    set(first, put("a||k", "2"));
    assertThat((Long) REDIS.command("TTL", "a||k")).isBetween(990L, 1000L);
    set(first, put("a||k", "3", null, Map.of("ttlInSeconds", "0"), StateOptions.NONE));
    assertThat(REDIS.command("TTL", "a||k")).isEqualTo(-1L);
    set(first, put("a||k", "4", null, Map.of("ttlInSeconds", "99999999999"), StateOptions.NONE));
    set(first, put("a||k", "5", null, Map.of("ttlInSeconds", "-9"), StateOptions.NONE));
    assertThat(REDIS.command("TTL", "a||k")).isEqualTo(-1L);
    StateStore dflt = open(Map.of("ttlInSeconds", "500"));
    set(dflt, put("a||d", "1"));
    transact(dflt, upsert("a||t", "1"));
    assertThat((Long) REDIS.command("TTL", "a||d")).isBetween(490L, 500L);
    assertThat((Long) REDIS.command("TTL", "a||t")).isBetween(490L, 500L);
    set(dflt, put("a||d", "1", null, Map.of("ttlInSeconds", "0"), StateOptions.NONE));
    assertThat(REDIS.command("TTL", "a||d")).isEqualTo(-1L);
    node.await(dflt::close);
    assertThatThrownBy(
            () ->
                set(
                    first,
                    put("a||k", "1", null, Map.of("ttlInSeconds", "1.5"), StateOptions.NONE)))
        .hasMessage(
            "failed to parse ttl from metadata: strconv.ParseInt: parsing \"1.5\": invalid syntax");
  }

  @Test
  void valuesOfOthersAreRead() {
    REDIS.command("SET", "a||plain", "\"x\"");
    assertThat(get(first, "a||plain"))
        .isEqualTo(new StateItem(Buffer.buffer("\"x\""), null, Map.of()));
    REDIS.command("HSET", "a||nov", "data", "1");
    REDIS.command("HSET", "a||nod", "version", "1");
    for (String key : List.of("a||nov", "a||nod")) {
      assertThatThrownBy(() -> get(first, key))
          .isInstanceOf(ComponentException.Failed.class)
          .hasMessage("required hash field 'data' or 'version' was not found");
    }
    REDIS.command("HSET", "a||extra", "more", "x", "data", "1", "version", "3", "version2", "7");
    assertThat(get(first, "a||extra")).isEqualTo(new StateItem(Buffer.buffer("1"), "3", Map.of()));
    REDIS.command("RPUSH", "a||list", "x");
    String wrongType = "WRONGTYPE Operation against a key holding the wrong kind of value";
    assertThatThrownBy(() -> get(first, "a||list")).hasMessage(wrongType);
    List<GetRequest> requests =
        List.of(new GetRequest("a||list", "", Map.of()), new GetRequest("a||plain", "", Map.of()));
    List<BulkItem> items = node.await(() -> first.bulkGet(call(), requests, 1));
    assertThat(items).extracting(BulkItem::key).containsExactly("a||list", "a||plain");
    assertThat(items).extracting(BulkItem::error).containsExactly(wrongType, null);
  }

  @Test
  void valuesOfOthersAreOverwritten() {
    REDIS.command("SET", "a||plain", "x");
    set(first, put("a||plain", "1"));
    REDIS.command("RPUSH", "a||list", "x");
    set(first, put("a||list", "1", "77", Map.of(), StateOptions.NONE));
    REDIS.command("HSET", "a||nov", "data", "1");
    set(first, put("a||nov", "1", "5", Map.of(), StateOptions.NONE));
    for (String key : List.of("a||plain", "a||list", "a||nov")) {
      assertThat(hash(key)).isEqualTo(List.of("data", "1", "version", "1"));
    }
    REDIS.command("SET", "a||p2", "x");
    delete(first, remove("a||p2", "5"));
    assertThat(REDIS.command("EXISTS", "a||p2")).isEqualTo(0L);
    REDIS.command("HSET", "a||tv", "data", "1", "version", "text");
    assertThatThrownBy(() -> set(first, put("a||tv", "2")))
        .hasMessageStartingWith("failed to set key a||tv: ERR ");
    assertMismatch(() -> set(first, put("a||tv", "2", "0", Map.of(), StateOptions.NONE)));
  }

  @Test
  void transactionsMarkNothingAndCheckNoOptions() {
    transact(
        first,
        new StateOperation.Upsert(put("a||f", "1", null, Map.of(), FIRST_WRITE)),
        new StateOperation.Upsert(
            put("a||o", "1", null, Map.of(), new StateOptions("other", "other"))),
        upsert("a||o", "2"));
    assertThat(hash("a||f")).isEqualTo(List.of("data", "1", "version", "1"));
    assertThat(hash("a||o")).isEqualTo(List.of("data", "2", "version", "2"));
    assertThatThrownBy(() -> transact(first, upsert("a||n", "1"), upsert("a||f", "1", "abc")))
        .isInstanceOf(ComponentException.EtagInvalid.class);
    assertThat(REDIS.command("EXISTS", "a||n")).isEqualTo(0L);
    assertThatThrownBy(() -> transact(first, upsert("a||f", "1", "99")))
        .hasMessageMatching("(?s)ERR .*@user_script:\\d+\\.");
    StateOperation json =
        new StateOperation.Upsert(
            put("a||j", "1", null, Map.of("contentType", "application/json"), StateOptions.NONE));
    assertThatThrownBy(() -> transact(first, json))
        .hasMessageMatching("(?s)ERR .*@user_script:\\d+\\.");
    assertThat(REDIS.command("EXISTS", "a||j")).isEqualTo(0L);
  }

  @Test
  void manyOperationsWriteWhatFewWrite() {
    List<Throwable> few = new ArrayList<>();
    prepare("few");
    for (StateOperation operation : difficult("few")) {
      try {
        transact(first, operation);
      } catch (RuntimeException e) {
        few.add(e);
      }
    }
    assertThat(few).as("wrong ETags, no number as version, JSON without the module").hasSize(6);

    prepare("one");
    assertThatThrownBy(() -> transact(first, difficult("one").toArray(StateOperation[]::new)))
        .hasMessageMatching("(?s)ERR .*failed to set key one\\|\\|marked.*@user_script:\\d+\\.");

    List<String> keys = keys("few");
    assertThat(keys).hasSizeGreaterThan(TransactionBody.GROUP);
    assertThat(keys("one")).isEqualTo(keys);
    for (String key : keys) {
      assertThat(kept("one||" + key)).as(key).isEqualTo(kept("few||" + key));
    }
  }

  @Test
  void manyOperationsToAServerThatForgotTheScript() {
    StateOperation[] many =
        IntStream.range(0, 3 * TransactionBody.GROUP)
            .mapToObj(i -> upsert("a||" + i, "1"))
            .toArray(StateOperation[]::new);
    transact(first, many);
    REDIS.command("SCRIPT", "FLUSH");
    transact(first, many);
    assertThat(REDIS.command("DBSIZE")).isEqualTo((long) many.length);
    assertThat(hash("a||700")).isEqualTo(List.of("data", "1", "version", "2"));
  }

  private static void prepare(String prefix) {
    REDIS.command("HSET", prefix + "||marked", "data", "0", "version", "7", "first-write", "0");
    REDIS.command("HSET", prefix + "||known", "data", "0", "version", "7");
    REDIS.command("HSET", prefix + "||gone", "data", "0", "version", "7");
    REDIS.command("HSET", prefix + "||odd", "data", "0", "version", "");
    REDIS.command("HSET", prefix + "||bare", "data", "0");
    REDIS.command("SET", prefix + "||text", "0");
    REDIS.command("SET", prefix + "||textgone", "0");
    REDIS.command("HSET", prefix + "||short", "data", "0", "version", "7");
    REDIS.command("EXPIRE", prefix + "||short", "1000");
    REDIS.command("HSET", prefix + "||forever", "data", "0", "version", "7");
    REDIS.command("EXPIRE", prefix + "||forever", "1000");
    REDIS.command("HSET", prefix + "||stays", "data", "0", "version", "7");
    REDIS.command("EXPIRE", prefix + "||stays", "1000");
  }

  private static List<StateOperation> difficult(String prefix) {
    Map<String, String> json = Map.of("contentType", "application/json");
    Map<String, String> soon = Map.of("ttlInSeconds", "50");
    Map<String, String> never = Map.of("ttlInSeconds", "-1");
    List<StateOperation> all = new ArrayList<>();
    all.add(upsert(prefix + "||marked", "1"));
    all.add(upsert(prefix + "||marked", "2", "7"));
    all.add(upsert(prefix + "||known", "1", "99"));
    all.add(upsert(prefix + "||known", "2", "7"));
    all.add(upsert(prefix + "||known", "3"));
    all.add(upsert(prefix + "||new", "1", "5"));
    all.add(new StateOperation.Delete(remove(prefix + "||gone", "99")));
    all.add(new StateOperation.Delete(remove(prefix + "||gone", "7")));
    all.add(new StateOperation.Delete(remove(prefix + "||never", "7")));
    all.add(upsert(prefix + "||odd", "1"));
    all.add(upsert(prefix + "||bare", "1"));
    all.add(upsert(prefix + "||text", "1"));
    all.add(new StateOperation.Delete(remove(prefix + "||textgone", "7")));
    all.add(new StateOperation.Upsert(put(prefix + "||short", "1", null, soon, StateOptions.NONE)));
    all.add(
        new StateOperation.Upsert(put(prefix + "||forever", "1", null, never, StateOptions.NONE)));
    all.add(upsert(prefix + "||stays", "1"));
    // What follows a set follows it also where it failed.
    all.add(new StateOperation.Upsert(put(prefix + "||known", "4", "99", soon, StateOptions.NONE)));
    all.add(new StateOperation.Upsert(put(prefix + "||json", "1", null, json, StateOptions.NONE)));
    for (int i = 0; i < TransactionBody.GROUP; i++) {
      all.add(upsert(prefix + "||" + i, "\"value " + i + "\""));
    }
    return all;
  }

  private static List<String> keys(String prefix) {
    List<?> found = (List<?>) REDIS.command("KEYS", prefix + "||*");
    return found.stream().map(key -> ((String) key).substring(5)).sorted().toList();
  }

  private static List<Object> kept(String key) {
    long ttl = (Long) REDIS.command("TTL", key);
    return List.of(hash(key), ttl < 0 ? ttl : (ttl + 9) / 100);
  }

  @Test
  void jsonContentTypeWithoutTheModuleIsAHash() {
    Map<String, String> json = Map.of("contentType", "application/json");
    set(first, put("a||k", "{\"a\":1}", null, json, StateOptions.NONE));
    assertThat(hash("a||k")).isEqualTo(List.of("data", "{\"a\":1}", "version", "1"));
    StateItem item = node.await(() -> first.get(call(), new GetRequest("a||k", "", json)));
    assertThat(item.etag()).isEqualTo("1");
    delete(first, new DeleteRequest("a||k", null, json, StateOptions.NONE));
    assertThat(REDIS.command("EXISTS", "a||k")).isEqualTo(0L);
  }

  @Test
  void scriptsAreSentAgainWhenTheServerForgotThem() {
    set(first, put("a||k", "1"));
    REDIS.command("SCRIPT", "FLUSH");
    set(first, put("a||k", "2"));
    delete(first, remove("a||k", "2"));
    transact(first, upsert("a||k", "1"));
    assertThat(text(first, "a||k")).isEqualTo("1");
  }

  @Test
  void aServerThatRefusesCommands() {
    set(first, put("a||k", "1"));
    REDIS.command("ACL", "SETUSER", "default", "-eval", "-evalsha", "-hgetall");
    try {
      assertThatThrownBy(() -> get(first, "a||k"))
          .hasMessage("WRONGTYPE Operation against a key holding the wrong kind of value");
      String noEval = "NOPERM this user has no permissions to run the 'eval' command";
      assertThatThrownBy(() -> set(first, put("a||k", "1")))
          .hasMessage("failed to set key a||k: " + noEval);
      assertThatThrownBy(() -> delete(first, remove("a||k", null)))
          .isInstanceOf(ComponentException.EtagMismatch.class)
          .hasMessage("possible etag mismatch. error from state store: " + noEval);
      assertThatThrownBy(() -> transact(first, upsert("a||k", "1")))
          .hasMessage("EXECABORT Transaction discarded because of previous errors.");
    } finally {
      REDIS.command("ACL", "SETUSER", "default", "+@all");
    }
    set(first, put("a||k", "2"));
  }

  @Test
  void strongConsistencyWithoutReplicasDoesNotWait() {
    set(first, put("a||k", "1", null, Map.of(), new StateOptions("", "strong")));
    assertThat(REDIS.clients()).isEqualTo(1);
  }

  @Test
  void queriesNeedTheJsonModule() {
    StateStore.Queryable store = (StateStore.Queryable) first;
    assertThatThrownBy(() -> node.await(() -> store.query(call(), Buffer.buffer("{}"), Map.of())))
        .hasMessage("redis-json server support is required for query capability");
    assertThat(store.features()).doesNotContain(StateFeature.QUERY_API);
  }

  @Test
  void otherDatabase() {
    StateStore third = open(Map.of("redisDB", "3"));
    set(third, put("a||k", "1"));
    assertThat(text(first, "a||k")).isNull();
    assertThat(text(third, "a||k")).isEqualTo("1");
    node.await(third::close);
  }

  @Test
  void binaryDataSurvives() {
    byte[] bytes = {0, (byte) 0xfe, (byte) 0xff, '\r', '\n'};
    node.await(
        () ->
            first.set(
                call(),
                new SetRequest(
                    "a||bin",
                    new StateData.Bytes(Buffer.buffer(bytes)),
                    null,
                    Map.of(),
                    StateOptions.NONE)));
    assertThat(REDIS.command("EVAL", "return #redis.call('HGET',KEYS[1],'data')", "1", "a||bin"))
        .isEqualTo(5L);
    assertThat(get(first, "a||bin").data()).isEqualTo(Buffer.buffer(bytes));
  }
}
