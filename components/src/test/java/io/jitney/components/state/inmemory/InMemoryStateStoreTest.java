package io.jitney.components.state.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StateStoreConformance;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InMemoryStateStoreTest extends StateStoreConformance {
  @Override
  protected Traits traits() {
    return new Traits(false, false, false, true, true);
  }

  @Override
  protected StateStore open(TestNode node, String tenant) {
    return TestNode.get(
        InMemoryStateStore.open(TestNode.spec("state.in-memory", Map.of()), node.opening()));
  }

  @Test
  void equalKeysOfTwoOpeningsAreTwoValues() {
    set(first, put("same", "1"));
    assertThat(text(second, "same")).isNull();
  }

  @Test
  void storesJsonAsGoDoes() {
    set(first, put("a||o", "{\"b\":[1.0, 2],\"a\":\"<\"}"));
    assertThat(text(first, "a||o")).isEqualTo("{\"a\":\"\\u003c\",\"b\":[1,2]}");
  }

  @Test
  void mismatchTextsAreDaprds() {
    set(first, put("a||k", "1"));
    String etag = etag(first, "a||k");
    assertThatThrownBy(() -> set(first, put("a||k", "2", "99", Map.of(), StateOptions.NONE)))
        .hasMessage(
            "possible etag mismatch. error from state store: state etag not match for key=a||k: current="
                + etag
                + ", expect=99");
    assertThatThrownBy(() -> set(first, put("a||n", "2", "99", Map.of(), StateOptions.NONE)))
        .hasMessage(
            "possible etag mismatch. error from state store: state not exist or expired for key=a||n");
    assertThatThrownBy(() -> set(first, put("a||k", "2", null, Map.of(), FIRST_WRITE)))
        .hasMessage(
            "possible etag mismatch. error from state store: item already exists and no etag was passed");
  }

  @Test
  void aTtlBeyondTheYear9999IsAccepted() {
    set(
        first,
        put("a||k", "1", null, Map.of("ttlInSeconds", "9223372036854775807"), StateOptions.NONE));
    assertThat(get(first, "a||k").metadata())
        .containsEntry("ttlExpireTime", "9999-12-31T23:59:59Z");
    set(first, put("a||n", "1", null, Map.of("ttlInSeconds", "-2"), StateOptions.NONE));
    assertThat(get(first, "a||n").metadata()).isEmpty();
  }

  @Test
  void aFullStoreTakesNoMoreAndLeavesRoomForAnother() {
    String megabyte = '"' + "x".repeat(1 << 20) + '"';
    for (int i = 0; i < 7; i++) { // of the 16 MiB of this node it may have 8
      set(first, put("a||" + i, megabyte));
    }
    assertThatThrownBy(() -> set(first, put("a||8", megabyte)))
        .hasMessageStartingWith("the in-memory state store is full: it may have 8192 KiB");
    assertThat(text(first, "a||8")).isNull();
    set(second, put("a||8", megabyte));
    delete(first, new DeleteRequest("a||0", null, Map.of(), StateOptions.NONE));
    delete(first, new DeleteRequest("a||1", null, Map.of(), StateOptions.NONE));

    set(first, put("a||8", megabyte));

    assertThat(text(first, "a||8")).isEqualTo(megabyte);
  }

  @Test
  void othersHaveTurnsBesideThousandsOfKeys() {
    List<StateOperation> operations = new ArrayList<>();
    List<GetRequest> keys = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      operations.add(new StateOperation.Upsert(put("a||" + i, "1")));
      keys.add(new GetRequest("a||" + i, "", Map.of()));
    }
    List<String> order = new ArrayList<>();
    node.await(
        () -> {
          Future<Void> written =
              ((StateStore.Transactional) first)
                  .transact(TestNode.call(), operations, Map.of())
                  .onSuccess(done -> order.add("written"));
          Vertx.currentContext().runOnContext(go -> order.add("turn"));
          return written;
        });
    assertThat(order).containsExactly("turn", "written");
    order.clear();
    List<BulkItem> items =
        node.await(
            () -> {
              Future<List<BulkItem>> read =
                  first.bulkGet(TestNode.call(), keys, 0).onSuccess(done -> order.add("read"));
              Vertx.currentContext().runOnContext(go -> order.add("turn"));
              return read;
            });
    assertThat(order).containsExactly("turn", "read");
    assertThat(items).hasSize(10_000).allMatch(item -> item.item().data() != null);
    List<SetRequest> sets = keys.stream().map(key -> put(key.key(), "2")).toList();
    order.clear();
    node.await(
        () -> {
          Future<Void> written =
              first.bulkSet(TestNode.call(), sets).onSuccess(done -> order.add("set"));
          Vertx.currentContext().runOnContext(go -> order.add("turn"));
          return written;
        });
    assertThat(order).containsExactly("turn", "set");
    assertThat(text(first, "a||9999")).isEqualTo("2");
  }
}
