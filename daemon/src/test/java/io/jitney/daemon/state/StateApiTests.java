package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.state.ApiClient.Item;
import io.jitney.daemon.state.ApiClient.Operation;
import io.jitney.daemon.state.ApiClient.Outcome;
import io.jitney.daemon.state.ApiClient.Result;
import io.jitney.daemon.state.ApiClient.Value;
import io.jitney.daemon.state.ApiClient.Values;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the state API does, over both transports and on all stores; a subclass says how the daemon
 * runs. Each test has two tenants with equal components on one store.
 */
abstract class StateApiTests {
  /** The stores, with what sets them apart. */
  enum Store {
    IN_MEMORY("state.in-memory"),
    SQLITE("state.sqlite"),
    REDIS("state.redis");

    final String type;

    Store(String type) {
      this.type = type;
    }
  }

  enum Transport {
    HTTP,
    GRPC;

    ApiClient connect(Sidecar sidecar) {
      return switch (this) {
        case HTTP -> new HttpStateClient(sidecar);
        case GRPC -> new GrpcStateClient(sidecar);
      };
    }
  }

  @TempDir static Path folder;
  private static final AtomicInteger TESTS = new AtomicInteger();

  private final Store store;
  private final Transport transport;
  private final DaemonExtension daemon;
  private final RedisServer redis;
  private final List<ApiClient> clients = new ArrayList<>();
  private int number;
  private ApiClient one;
  private ApiClient two;

  StateApiTests(Store store, Transport transport, DaemonExtension daemon, RedisServer redis) {
    this.store = store;
    this.transport = transport;
    this.daemon = daemon;
    this.redis = redis;
  }

  @BeforeEach
  void openTwoTenants() {
    number = TESTS.incrementAndGet();
    one = connect(spec("one"));
    two = connect(spec("two"));
  }

  @AfterEach
  void disconnect() {
    clients.forEach(ApiClient::close);
  }

  /** An app of this test alone, with a store {@code s} that all share. */
  private SidecarSpec spec(String app) {
    return component(SidecarSpec.app(app + "-" + number), "s");
  }

  private SidecarSpec component(SidecarSpec spec, String name, String... more) {
    List<String> metadata = new ArrayList<>(List.of(more));
    switch (store) {
      case IN_MEMORY -> {}
      case SQLITE ->
          metadata.addAll(List.of("connectionString", folder.resolve("state.db").toString()));
      case REDIS -> metadata.addAll(List.of("redisHost", redis.address()));
    }
    return spec.component(name, store.type, metadata.toArray(String[]::new));
  }

  private ApiClient connect(SidecarSpec spec) {
    ApiClient client = transport.connect(daemon.open(spec));
    clients.add(client);
    return client;
  }

  private static void ok(Result result) {
    assertThat(result).isEqualTo(new Result(Outcome.OK, ""));
  }

  private static void failed(Result result, Outcome outcome, String text) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(outcome);
    assertThat(result.message()).contains(text);
  }

  private static String stored(ApiClient client, String key) {
    Value value = client.get("s", key);
    ok(value.result());
    return String.valueOf(value.data());
  }

  private static boolean absent(ApiClient client, String key) {
    Value value = client.get("s", key);
    ok(value.result());
    return value.data() == null;
  }

  @Test
  void whatIsSavedIsReadUntilItIsDeleted() {
    ok(one.save("s", "k", "\"text\""));
    assertThat(stored(one, "k")).isEqualTo("\"text\"");
    ok(one.save("s", "k", "{\"a\":[1,true,null]}"));
    assertThat(stored(one, "k")).isEqualTo("{\"a\":[1,true,null]}");
    ok(one.delete("s", "k"));
    assertThat(absent(one, "k")).isTrue();
    ok(one.delete("s", "k"));
  }

  @Test
  void oneKeyOfTwoTenantsIsTwoValues() {
    ok(one.save("s", "k", "1"));
    assertThat(absent(two, "k")).isTrue();
    ok(two.save("s", "k", "2"));
    ok(two.transact("s", List.of(Operation.upsert("t", "2"))));
    assertThat(stored(one, "k")).isEqualTo("1");
    assertThat(absent(one, "t")).isTrue();
    assertThat(one.bulkGet("s", List.of("k", "t")).of("t").data()).isNull();
    ok(one.delete("s", "k"));
    ok(one.transact("s", List.of(Operation.delete("t"))));
    assertThat(stored(two, "k")).isEqualTo("2");
    assertThat(stored(two, "t")).isEqualTo("2");
  }

  @Test
  void tenantsStayApartUnderLoad() {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int worker = 0; worker < 8; worker++) {
      ApiClient client = worker % 2 == 0 ? one : two;
      String value = worker % 2 == 0 ? "\"of one\"" : "\"of two\"";
      running.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 25; i++) {
                  ok(client.save("s", "k" + i % 5, value));
                  assertThat(stored(client, "k" + i % 5)).isEqualTo(value);
                }
              }));
    }
    running.forEach(CompletableFuture::join);
  }

  @Test
  void keysMayHoldAnything() {
    for (String key : List.of("a/b", "a b", "a+b", "a%b", "é€😀", "bulk", "a|b", "..", "a?b#c")) {
      ok(one.save("s", key, "1"));
      assertThat(stored(one, key)).as(key).isEqualTo("1");
      assertThat(absent(two, key)).isTrue();
    }
  }

  @Test
  void aKeyWithTwoBarsIsRefusedBeforeAnythingIsWritten() {
    String text = "input key/keyPrefix 'a||b' can't contain '||'";
    failed(one.save("s", Item.of("good", "1"), Item.of("a||b", "1")), Outcome.INVALID, text);
    failed(one.get("s", "a||b").result(), Outcome.INVALID, text);
    failed(one.delete("s", "a||b"), Outcome.INVALID, text);
    failed(one.bulkGet("s", List.of("good", "a||b")).result(), Outcome.INVALID, text);
    failed(
        one.transact("s", List.of(Operation.upsert("good", "1"), Operation.delete("a||b"))),
        Outcome.INVALID,
        text);
    assertThat(absent(one, "good")).isTrue();
  }

  @Test
  void anEmptyKeyIsNeverWritten() {
    assertThat(one.save("s", Item.of("good", "1"), Item.of("", "1")).outcome())
        .isEqualTo(Outcome.INVALID);
    assertThat(
            one.transact("s", List.of(Operation.upsert("good", "1"), Operation.upsert("", "1")))
                .outcome())
        .isEqualTo(Outcome.INVALID);
    assertThat(absent(one, "good")).isTrue();
  }

  @Test
  void onlyTheCurrentEtagWrites() {
    ok(one.save("s", "k", "1"));
    String first = one.get("s", "k").etag();
    ok(one.save("s", Item.of("k", "2").etag(first)));
    String second = one.get("s", "k").etag();
    assertThat(second).isNotEqualTo(first);
    failed(
        one.save("s", Item.of("k", "3").etag(first)), Outcome.CONFLICT, "possible etag mismatch");
    failed(one.delete("s", "k", first, ""), Outcome.CONFLICT, "possible etag mismatch");
    assertThat(stored(one, "k")).isEqualTo("2");
    ok(one.save("s", Item.of("k", "4").etag("")));
    ok(one.delete("s", "k", one.get("s", "k").etag(), ""));
    assertThat(absent(one, "k")).isTrue();
  }

  @Test
  void theFirstWriteWins() {
    ok(one.save("s", Item.of("k", "1").firstWrite()));
    Result second = one.save("s", Item.of("k", "2").firstWrite());
    assertThat(second.outcome())
        .isEqualTo(store == Store.REDIS ? Outcome.FAILED : Outcome.CONFLICT);
    assertThat(stored(one, "k")).isEqualTo("1");
    ok(two.save("s", Item.of("k", "3").firstWrite()));
  }

  @Test
  void oneBadItemDoesNotHinderTheOthers() {
    ok(one.save("s", Item.of("a", "1"), Item.of("c", "1")));
    Result result = one.save("s", Item.of("a", "2").etag("99"), Item.of("b", "2"));
    failed(
        result,
        Outcome.CONFLICT,
        "possible etag mismatch. error from state store: possible etag mismatch");
    assertThat(stored(one, "a")).isEqualTo("1");
    assertThat(stored(one, "b")).isEqualTo("2");
  }

  @Test
  void manyItemsInOneRequest() {
    List<Item> items =
        IntStream.range(0, 500).mapToObj(i -> Item.of("k" + i, Integer.toString(i))).toList();
    ok(one.save("s", items));
    Values values = one.bulkGet("s", items.stream().map(Item::key).toList());
    ok(values.result());
    assertThat(values.byKey()).hasSize(500);
    items.forEach(item -> assertThat(values.of(item.key()).data()).isEqualTo(item.value()));
    assertThat(two.bulkGet("s", List.of("k0", "k499")).byKey().values())
        .allMatch(value -> value.data() == null);
  }

  @Test
  void bulkGetTellsFoundFromAbsent() {
    ok(one.save("s", Item.of("a", "\"x\""), Item.of("b", "{\"n\":1}")));
    Values values = one.bulkGet("s", List.of("a", "none", "b"));
    ok(values.result());
    assertThat(values.keys()).containsExactlyInAnyOrder("a", "none", "b");
    assertThat(values.of("a").data()).isEqualTo("\"x\"");
    assertThat(values.of("b").etag()).isEqualTo(one.get("s", "b").etag());
    assertThat(values.of("none").data()).isNull();
    assertThat(one.bulkGet("s", List.of()).keys()).isEmpty();
  }

  @Test
  void aValueExpires() {
    ok(one.save("s", Item.of("k", "1").metadata("ttlInSeconds", "2"), Item.of("stays", "1")));
    assertThat(stored(one, "k")).isEqualTo("1");
    Awaitility.await().atMost(Duration.ofSeconds(8)).until(() -> absent(one, "k"));
    assertThat(stored(one, "stays")).isEqualTo("1");
    failed(
        one.save("s", Item.of("k", "1").metadata("ttlInSeconds", "x")),
        Outcome.FAILED,
        "invalid syntax");
  }

  @Test
  void theTimeOfExpiryIsTold() {
    ok(one.save("s", Item.of("k", "1").metadata("ttlInSeconds", "1000")));
    boolean told =
        one.get("s", "k").metadata().keySet().stream().anyMatch("ttlExpireTime"::equalsIgnoreCase);
    assertThat(told).isEqualTo(store != Store.REDIS);
  }

  @Test
  void aTransactionKeepsTheOrder() {
    ok(one.save("s", "old", "1"));
    ok(
        one.transact(
            "s",
            List.of(
                Operation.upsert("k", "1"),
                Operation.delete("k"),
                Operation.upsert("k", "2"),
                Operation.upsert("j", "1"),
                Operation.delete("j"),
                Operation.delete("old"),
                Operation.delete("none"))));
    assertThat(stored(one, "k")).isEqualTo("2");
    assertThat(absent(one, "j")).isTrue();
    assertThat(absent(one, "old")).isTrue();
    ok(one.transact("s", List.of()));
  }

  @Test
  void largeTransactionsKeepOrderAndTenants() {
    ok(one.save("s", "old", "1"));
    ok(two.save("s", "old", "1"));
    List<Operation> large = new ArrayList<>();
    IntStream.range(0, 300).forEach(i -> large.add(Operation.upsert("k" + i, "1")));
    large.add(Operation.delete("old"));
    large.add(Operation.delete("k7"));
    large.add(Operation.upsert("k299", "2"));
    ok(one.transact("s", large));

    assertThat(stored(one, "k0")).isEqualTo("1");
    assertThat(stored(one, "k299")).isEqualTo("2");
    assertThat(absent(one, "k7")).isTrue();
    assertThat(absent(one, "old")).isTrue();
    assertThat(stored(two, "old")).isEqualTo("1");
    assertThat(absent(two, "k0")).isTrue();
  }

  @Test
  void aFailedTransactionIsNoConflict() {
    ok(one.save("s", "k", "1"));
    Result result =
        one.transact(
            "s",
            List.of(
                Operation.upsert("first", "1"),
                new Operation("upsert", Item.of("k", "2").etag("99"))));
    failed(result, Outcome.FAILED, "error while executing state transaction: ");
    assertThat(stored(one, "k")).isEqualTo("1");
    assertThat(absent(one, "first")).isEqualTo(store != Store.REDIS); // Redis does not roll back
  }

  @Test
  void unknownOperationsChangeNothing() {
    Result result =
        one.transact(
            "s", List.of(Operation.upsert("k", "1"), new Operation("insert", Item.of("k", "2"))));
    failed(result, Outcome.UNSUPPORTED, "operation type insert not supported");
    assertThat(absent(one, "k")).isTrue();
  }

  @Test
  void storesThatAreNotThere() {
    failed(one.get("nope", "k").result(), Outcome.INVALID, "state store nope is not found");
    failed(one.save("nope", "a||b", "1"), Outcome.INVALID, "state store nope is not found");
    failed(one.transact("nope", List.of()), Outcome.INVALID, "state store nope is not found");
    ApiClient bare = connect(SidecarSpec.app("bare-" + number));
    failed(bare.get("s", "k").result(), Outcome.NOT_CONFIGURED, "state store s is not configured");
    failed(bare.delete("s", "k"), Outcome.NOT_CONFIGURED, "state store s is not configured");
  }

  @Test
  void queriesAreRefused() {
    Result result = one.query("s", "{}");
    if (store == Store.REDIS) {
      failed(result, Outcome.FAILED, "redis-json server support is required for query capability");
    } else {
      assertThat(result.message()).isEqualTo("state store does not support querying");
    }
  }

  @Test
  void aLargeValueComesBackWhole() {
    String value = "\"" + "x€".repeat(250_000) + "\"";
    ok(one.save("s", "k", value));
    assertThat(stored(one, "k")).isEqualTo(value);
    assertThat(absent(two, "k")).isTrue();
  }

  @Test
  void componentsChooseWhoSharesKeys() {
    SidecarSpec spec =
        component(
            component(SidecarSpec.app("c-" + number), "byname" + number, "keyPrefix", "name"), "s");
    SidecarSpec other =
        component(SidecarSpec.app("d-" + number), "byname" + number, "keyPrefix", "name");
    ApiClient c = connect(spec);
    ApiClient d = connect(other);
    ok(c.save("byname" + number, "k", "1"));
    Value seen = d.get("byname" + number, "k");
    if (store == Store.IN_MEMORY) {
      assertThat(seen.data()).isNull(); // its contents are the instance's own
    } else {
      assertThat(seen.data()).isEqualTo("1");
    }
    assertThat(absent(c, "k")).isTrue();
  }
}
