package io.jitney.components.state;

import static io.jitney.components.testing.TestNode.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every state store must do, written once. Always two openings: two tenants with an equal
 * component. Where stores differ as daprd's do, the subclass says how.
 */
public abstract class StateStoreConformance {
  /** How this store differs from the others. */
  public record Traits(
      boolean etagOnAbsentKeyCreates,
      boolean lastWriteIgnoresEtag,
      boolean firstWriteIsSticky,
      boolean transactionsRollBack,
      boolean returnsExpiry) {}

  @TempDir protected Path folder;
  protected TestNode node = new TestNode(Path.of("."));
  protected StateStore first = new NoStore();
  protected StateStore second = new NoStore();

  protected abstract Traits traits();

  /** Opens the component for a tenant; two tenants get equal settings. */
  protected abstract StateStore open(TestNode node, String tenant);

  /** An expired key must be absent at the latest after this time, beyond its TTL. */
  protected long expirySlackMillis() {
    return 1_500;
  }

  @BeforeEach
  void openBoth() {
    node.close();
    node = new TestNode(folder);
    first = open(node, "a");
    second = open(node, "b");
  }

  @AfterEach
  void closeBoth() {
    node.await(first::close);
    node.await(second::close);
    assertThat(node.pools().clientsByType()).as("clients left in the pool").isEmpty();
    node.close();
  }

  protected static SetRequest put(String key, String json) {
    return put(key, json, null, Map.of(), StateOptions.NONE);
  }

  protected static SetRequest put(
      String key,
      String json,
      @Nullable String etag,
      Map<String, String> metadata,
      StateOptions options) {
    return new SetRequest(key, new StateData.Json(Buffer.buffer(json)), etag, metadata, options);
  }

  protected static SetRequest putBytes(String key, byte... bytes) {
    return new SetRequest(
        key, new StateData.Bytes(Buffer.buffer(bytes)), null, Map.of(), StateOptions.NONE);
  }

  protected static DeleteRequest remove(String key, @Nullable String etag) {
    return new DeleteRequest(key, etag, Map.of(), StateOptions.NONE);
  }

  protected static final StateOptions FIRST_WRITE = new StateOptions("first-write", "");
  protected static final StateOptions LAST_WRITE = new StateOptions("last-write", "");

  protected void set(StateStore store, SetRequest request) {
    node.await(() -> store.set(call(), request));
  }

  protected void delete(StateStore store, DeleteRequest request) {
    node.await(() -> store.delete(call(), request));
  }

  protected StateItem get(StateStore store, String key) {
    return node.await(() -> store.get(call(), new GetRequest(key, "", Map.of())));
  }

  protected @Nullable String text(StateStore store, String key) {
    Buffer data = get(store, key).data();
    return data == null ? null : data.toString();
  }

  protected String etag(StateStore store, String key) {
    return Objects.requireNonNull(get(store, key).etag());
  }

  protected void transact(StateStore store, StateOperation... operations) {
    node.await(
        () -> ((StateStore.Transactional) store).transact(call(), List.of(operations), Map.of()));
  }

  protected static StateOperation upsert(String key, String json) {
    return new StateOperation.Upsert(put(key, json));
  }

  protected static StateOperation upsert(String key, String json, @Nullable String etag) {
    return new StateOperation.Upsert(put(key, json, etag, Map.of(), StateOptions.NONE));
  }

  protected static StateOperation remove(String key) {
    return new StateOperation.Delete(remove(key, null));
  }

  protected static void assertMismatch(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(ComponentException.EtagMismatch.class)
        .hasMessageStartingWith("possible etag mismatch. error from state store");
  }

  @Test
  void savesReadsAndDeletes() {
    set(first, put("a||k", "\"v1\""));
    assertThat(text(first, "a||k")).isEqualTo("\"v1\"");
    set(first, put("a||k", "{\"n\":1}"));
    assertThat(text(first, "a||k")).isEqualTo("{\"n\":1}");
    delete(first, remove("a||k", null));
    assertThat(get(first, "a||k")).isEqualTo(StateItem.absent());
    delete(first, remove("a||k", null));
    assertThat(get(first, "a||never")).isEqualTo(StateItem.absent());
  }

  @Test
  void tenantsWithTheSameKeyNameDoNotMeet() {
    set(first, put("a||k", "\"of a\""));
    assertThat(text(second, "b||k")).isNull();
    set(second, put("b||k", "\"of b\""));
    assertThat(text(first, "a||k")).isEqualTo("\"of a\"");
    delete(second, remove("b||k", null));
    assertThat(text(first, "a||k")).isEqualTo("\"of a\"");
  }

  @Test
  void closingOneTenantLeavesTheOtherWorking() {
    set(second, put("b||k", "1"));
    StateStore third = open(node, "c");
    set(third, put("c||k", "3"));
    node.await(third::close);
    assertThat(text(second, "b||k")).isEqualTo("1");
    set(second, put("b||k", "2"));
    assertThat(text(second, "b||k")).isEqualTo("2");
  }

  @Test
  void everyLoopMayCall() {
    for (int loop = 0; loop < TestNode.LOOPS; loop++) {
      String key = "a||loop" + loop;
      node.await(loop, () -> first.set(call(), put(key, "1")));
      StateItem item = node.await(loop, () -> first.get(call(), new GetRequest(key, "", Map.of())));
      assertThat(item.data()).isEqualTo(Buffer.buffer("1"));
    }
  }

  @Test
  void keepsAnyJsonValueAndAnyBytes() {
    for (String json :
        List.of("\"\"", "42", "-7", "true", "null", "{}", "[]", "[1,\"x\",null]", "\"é€😀\"")) {
      set(first, put("a||v", json));
      assertThat(text(first, "a||v")).isEqualTo(json);
    }
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    set(first, putBytes("a||bin", all));
    assertThat(Objects.requireNonNull(get(first, "a||bin").data()).getBytes()).isEqualTo(all);
    byte[] large = new byte[1_000_000];
    set(first, putBytes("a||large", large));
    assertThat(Objects.requireNonNull(get(first, "a||large").data()).getBytes()).isEqualTo(large);
  }

  @Test
  void emptyBytesKeepTheirEtag() {
    set(first, putBytes("a||empty"));
    StateItem item = get(first, "a||empty");
    assertThat(item.etag()).isNotNull();
    assertThat(item.data() == null ? 0 : item.data().length()).isZero();
  }

  @Test
  void keysOfAnyCharacters() {
    for (String key :
        List.of(
            "é€😀", "a b", "a/b?c#d", "line\nbreak", "a:b*[x]", "' or 1=1 --", "k".repeat(2000))) {
      set(first, put("a||" + key, "1"));
      assertThat(text(first, "a||" + key)).isEqualTo("1");
      delete(first, remove("a||" + key, null));
      assertThat(text(first, "a||" + key)).isNull();
    }
  }

  @Test
  void rightEtagWritesStaleOneDoesNot() {
    set(first, put("a||k", "1"));
    String etag = etag(first, "a||k");
    set(first, put("a||k", "2", etag, Map.of(), StateOptions.NONE));
    assertMismatch(() -> set(first, put("a||k", "3", etag, Map.of(), StateOptions.NONE)));
    assertThat(text(first, "a||k")).isEqualTo("2");
    assertThat(etag(first, "a||k")).isNotEqualTo(etag);
    set(first, put("a||k", "4"));
    assertThat(text(first, "a||k")).isEqualTo("4");
  }

  @Test
  void etagOnAnAbsentKey() {
    SetRequest request = put("a||absent", "1", "99", Map.of(), StateOptions.NONE);
    if (traits().etagOnAbsentKeyCreates()) {
      set(first, request);
      assertThat(text(first, "a||absent")).isEqualTo("1");
      delete(first, remove("a||none", "99"));
    } else {
      assertMismatch(() -> set(first, request));
      assertThat(text(first, "a||absent")).isNull();
      assertMismatch(() -> delete(first, remove("a||none", "99")));
    }
  }

  @Test
  void lastWriteWithAnEtag() {
    set(first, put("a||k", "1"));
    SetRequest request = put("a||k", "2", "99", Map.of(), LAST_WRITE);
    if (traits().lastWriteIgnoresEtag()) {
      set(first, request);
      assertThat(text(first, "a||k")).isEqualTo("2");
    } else {
      assertMismatch(() -> set(first, request));
      assertThat(text(first, "a||k")).isEqualTo("1");
    }
  }

  @Test
  void firstWriteOnItsOwnKey() {
    set(first, put("a||k", "1", null, Map.of(), FIRST_WRITE));
    ThrowingCallable again = () -> set(first, put("a||k", "2", null, Map.of(), FIRST_WRITE));
    ThrowingCallable plain = () -> set(first, put("a||k", "3"));
    if (traits().firstWriteIsSticky()) {
      assertThatThrownBy(again).isInstanceOf(ComponentException.Failed.class);
      assertThatThrownBy(plain).isInstanceOf(ComponentException.Failed.class);
      assertThat(text(first, "a||k")).isEqualTo("1");
      set(first, put("a||k", "4", etag(first, "a||k"), Map.of(), StateOptions.NONE));
      assertThat(text(first, "a||k")).isEqualTo("4");
    } else {
      assertMismatch(again);
      set(first, put("a||k", "3"));
      assertThat(text(first, "a||k")).isEqualTo("3");
    }
  }

  @Test
  void deleteWithEtag() {
    set(first, put("a||k", "1"));
    assertMismatch(() -> delete(first, remove("a||k", "99")));
    assertThat(text(first, "a||k")).isEqualTo("1");
    delete(first, remove("a||k", etag(first, "a||k")));
    assertThat(text(first, "a||k")).isNull();
  }

  @Test
  void unknownOptionWords() {
    assertThatThrownBy(
            () -> set(first, put("a||k", "1", null, Map.of(), new StateOptions("other", ""))))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessage("unrecognized concurrency model 'other'");
    assertThatThrownBy(
            () -> set(first, put("a||k", "1", null, Map.of(), new StateOptions("", "other"))))
        .hasMessage("unrecognized consistency model 'other'");
    DeleteRequest bad =
        new DeleteRequest("a||k", null, Map.of(), new StateOptions("FIRST-WRITE", ""));
    assertThatThrownBy(() -> delete(first, bad))
        .hasMessage("unrecognized concurrency model 'FIRST-WRITE'");
    set(first, put("a||k", "1", null, Map.of(), new StateOptions("last-write", "strong")));
    assertThat(text(first, "a||k")).isEqualTo("1");
  }

  @Test
  void ttlHidesTheValue() {
    set(first, put("a||short", "1", null, Map.of("ttlInSeconds", "1"), StateOptions.NONE));
    set(first, put("a||long", "1", null, Map.of("ttlInSeconds", "1000"), StateOptions.NONE));
    set(first, put("a||other", "1", null, Map.of("TTLINSECONDS", "1"), StateOptions.NONE));
    set(first, put("a||zero", "1", null, Map.of("ttlInSeconds", "0"), StateOptions.NONE));
    set(first, put("a||empty", "1", null, Map.of("ttlInSeconds", ""), StateOptions.NONE));
    String expiry = get(first, "a||long").metadata().get("ttlExpireTime");
    if (traits().returnsExpiry()) {
      assertThat(Instant.parse(Objects.requireNonNull(expiry)))
          .isBetween(Instant.now().plusSeconds(990), Instant.now().plusSeconds(1001));
      assertThat(expiry).endsWith("Z").hasSize("2026-01-01T00:00:00Z".length());
    } else {
      assertThat(expiry).isNull();
    }
    Awaitility.await()
        .atMost(1_000 + expirySlackMillis() + 1_000, TimeUnit.MILLISECONDS)
        .until(() -> text(first, "a||short") == null);
    assertThat(text(first, "a||other")).isEqualTo("1");
    assertThat(text(first, "a||zero")).isEqualTo("1");
    assertThat(text(first, "a||empty")).isEqualTo("1");
    List<BulkItem> bulk =
        node.await(
            () -> first.bulkGet(call(), List.of(new GetRequest("a||short", "", Map.of())), 0));
    assertThat(bulk).containsExactly(new BulkItem("a||short", StateItem.absent(), null));
    set(first, put("a||long", "2"));
    assertThat(get(first, "a||long").metadata()).isEmpty();
  }

  @Test
  void unreadableTtl() {
    SetRequest bad = put("a||k", "1", null, Map.of("ttlInSeconds", "abc"), StateOptions.NONE);
    assertThatThrownBy(() -> set(first, bad))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessageContaining("parsing \"abc\": invalid syntax");
    assertThatThrownBy(() -> transact(first, upsert("a||f", "1"), new StateOperation.Upsert(bad)))
        .hasMessageContaining("parsing \"abc\": invalid syntax");
    assertThat(text(first, "a||k")).isNull();
    assertThat(text(first, "a||f")).isNull();
  }

  @Test
  void bulkGetGivesFoundAndAbsentKeys() {
    set(first, put("a||x", "1"));
    set(first, put("a||y", "2"));
    List<GetRequest> requests = new ArrayList<>();
    for (String key : List.of("a||x", "a||none", "a||y")) {
      requests.add(new GetRequest(key, "", Map.of()));
    }
    List<BulkItem> items = node.await(() -> first.bulkGet(call(), requests, 1));
    assertThat(items)
        .extracting(BulkItem::key)
        .containsExactlyInAnyOrder("a||x", "a||y", "a||none");
    for (BulkItem item : items) {
      assertThat(item.error()).isNull();
      assertThat(item.item().data() == null).isEqualTo(item.key().equals("a||none"));
    }
    assertThat(node.await(() -> first.bulkGet(call(), List.of(), 0))).isEmpty();
  }

  @Test
  void bulkSetAppliesTheGoodItemsAndNamesTheBadOnes() {
    set(first, put("a||x", "1", null, Map.of(), FIRST_WRITE));
    SetRequest bad = put("a||x", "2", "99", Map.of(), StateOptions.NONE);
    assertThatThrownBy(
            () -> node.await(() -> first.bulkSet(call(), List.of(bad, put("a||y", "2")))))
        .isInstanceOfSatisfying(
            BulkFailure.class,
            failure -> {
              assertThat(failure.items()).hasSize(1);
              assertThat(failure.items().getFirst().key()).isEqualTo("a||x");
              assertThat(failure.items().getFirst().cause())
                  .isInstanceOf(ComponentException.EtagMismatch.class);
            });
    assertThat(text(first, "a||x")).isEqualTo("1");
    assertThat(text(first, "a||y")).isEqualTo("2");
    List<DeleteRequest> deletes = List.of(remove("a||x", "99"), remove("a||y", null));
    assertThatThrownBy(() -> node.await(() -> first.bulkDelete(call(), deletes)))
        .isInstanceOf(BulkFailure.class);
    assertThat(text(first, "a||x")).isEqualTo("1");
    assertThat(text(first, "a||y")).isNull();
  }

  @Test
  void transactionAppliesInOrder() {
    transact(
        first,
        upsert("a||k", "1"),
        upsert("a||k", "2"),
        remove("a||k"),
        upsert("a||k", "3"),
        upsert("a||j", "1"),
        remove("a||j"),
        remove("a||none"));
    assertThat(text(first, "a||k")).isEqualTo("3");
    assertThat(text(first, "a||j")).isNull();
    transact(first);
    StateOperation[] many = new StateOperation[200];
    for (int i = 0; i < many.length; i++) {
      many[i] = upsert("a||m" + i, "" + i);
    }
    transact(first, many);
    assertThat(text(first, "a||m199")).isEqualTo("199");
  }

  @Test
  void transactionWithAStaleEtag() {
    set(first, put("a||k", "1"));
    ThrowingCallable failing =
        () ->
            transact(
                first, upsert("a||first", "1"), upsert("a||k", "2", "99"), upsert("a||last", "1"));
    if (traits().transactionsRollBack()) {
      assertMismatch(failing);
      assertThat(text(first, "a||first")).isNull();
      assertThat(text(first, "a||last")).isNull();
    } else {
      assertThatThrownBy(failing).isInstanceOf(ComponentException.class);
      assertThat(text(first, "a||first")).isEqualTo("1");
      assertThat(text(first, "a||last")).isEqualTo("1");
    }
    assertThat(text(first, "a||k")).isEqualTo("1");
    transact(first, upsert("a||k", "2", etag(first, "a||k")), remove("a||first"));
    assertThat(text(first, "a||k")).isEqualTo("2");
  }

  @Test
  void transactionsOfManyCallersDoNotMix() {
    AtomicBoolean mixed = new AtomicBoolean();
    List<Future<Void>> calls = new ArrayList<>();
    Future<Void> all =
        node.await(
            () -> {
              for (int i = 0; i < 100; i++) {
                String value = "" + i;
                calls.add(
                    ((StateStore.Transactional) first)
                        .transact(
                            call(),
                            List.of(upsert("a||p", value), upsert("a||q", value)),
                            Map.of()));
                calls.add(second.set(call(), put("b||p", value)));
                calls.add(first.get(call(), new GetRequest("a||p", "", Map.of())).mapEmpty());
              }
              return Future.succeededFuture(Future.all(calls).<Void>mapEmpty());
            });
    TestNode.get(all);
    mixed.set(!Objects.equals(text(first, "a||p"), text(first, "a||q")));
    assertThat(mixed).isFalse();
    assertThat(text(first, "a||p")).isEqualTo("99");
    assertThat(text(second, "b||p")).isEqualTo("99");
  }

  /** Stands for a store before the first one is opened. */
  private static final class NoStore implements StateStore {
    @Override
    public java.util.Set<StateFeature> features() {
      return java.util.Set.of();
    }

    @Override
    public Future<StateItem> get(io.jitney.components.spi.CallContext context, GetRequest request) {
      return Future.failedFuture("not open");
    }

    @Override
    public Future<Void> set(io.jitney.components.spi.CallContext context, SetRequest request) {
      return Future.failedFuture("not open");
    }

    @Override
    public Future<Void> delete(
        io.jitney.components.spi.CallContext context, DeleteRequest request) {
      return Future.failedFuture("not open");
    }

    @Override
    public Future<List<BulkItem>> bulkGet(
        io.jitney.components.spi.CallContext context, List<GetRequest> requests, int parallelism) {
      return Future.failedFuture("not open");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
