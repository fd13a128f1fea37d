package io.jitney.components.state.sqlite;

import static io.jitney.components.testing.TestNode.call;
import static io.jitney.components.testing.TestNode.flow;
import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Flow;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.testing.TestGates;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two tenants on one database file. */
class SqliteFairnessIT {
  private static final Flow LOUD = flow("loud");
  private static final Flow QUIET = flow("quiet");

  @TempDir Path folder;
  private TestNode node;
  private StateStore.Transactional loud;
  private StateStore.Transactional quiet;

  @BeforeEach
  void open() {
    node = new TestNode(folder, new TestGates());
    loud = openStore();
    quiet = openStore();
    assertThat(node.pools().clientsByType()).as("one database").containsValue(1);
  }

  @AfterEach
  void close() {
    node.await(loud::close);
    node.await(quiet::close);
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
  }

  private StateStore.Transactional openStore() {
    Map<String, String> metadata = Map.of("connectionString", "shared.db");
    return (StateStore.Transactional)
        TestNode.get(
            SqliteStateStore.open(TestNode.spec("state.sqlite", metadata), node.opening()));
  }

  private static SetRequest put(String key) {
    return new SetRequest(
        key, new StateData.Bytes(Buffer.buffer("x")), null, Map.of(), StateOptions.NONE);
  }

  private static List<StateOperation> operations(int count) {
    List<StateOperation> operations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      operations.add(new StateOperation.Upsert(put("l||" + i)));
    }
    return operations;
  }

  @Test
  void transactionsOfAThousandWaitInTheirOwnQueue() {
    node.await(() -> quiet.set(call(QUIET, 20_000), put("q||k")));
    List<StateOperation> thousand = operations(1_000);
    List<Future<Void>> heavy = new ArrayList<>();
    List<Future<Void>> writes = new ArrayList<>();
    List<Future<StateItem>> reads = new ArrayList<>();
    node.await(
        () -> {
          for (int i = 0; i < 20; i++) {
            heavy.add(loud.transact(call(LOUD, 20_000), thousand, Map.of()));
          }
          writes.add(quiet.set(call(QUIET, 20_000), put("q||k")));
          for (int i = 0; i < 5; i++) {
            reads.add(quiet.get(call(QUIET, 20_000), new GetRequest("q||k", "", Map.of())));
          }
          return Future.succeededFuture();
        });
    writes.forEach(TestNode::get);
    assertThat(heavy).filteredOn(Future::isComplete).hasSizeLessThan(10);
    reads.forEach(TestNode::get);
    heavy.forEach(TestNode::get);
    assertThat(
            node.await(() -> loud.get(call(LOUD, 9_000), new GetRequest("l||999", "", Map.of())))
                .data())
        .isNotNull();
  }

  @Test
  void theQueueOfAFlowIsBoundedAndAnotherStillHasRoom() {
    List<Future<Void>> flood = new ArrayList<>();
    List<Future<Void>> one = new ArrayList<>();
    List<StateOperation> fifty = operations(50);
    node.await(
        () -> {
          for (int i = 0; i < 1_500; i++) {
            flood.add(loud.transact(call(LOUD, 25_000), fifty, Map.of()));
          }
          one.add(quiet.set(call(QUIET, 25_000), put("q||k")));
          return Future.succeededFuture();
        });
    TestNode.get(one.getFirst());
    Awaitility.await()
        .atMost(25, TimeUnit.SECONDS)
        .until(() -> flood.stream().allMatch(Future::isComplete));
    assertThat(flood).filteredOn(Future::succeeded).hasSizeBetween(1_024, 1_100);
    assertThat(flood)
        .filteredOn(Future::failed)
        .isNotEmpty()
        .allSatisfy(
            refused ->
                assertThat(refused.cause()).isInstanceOf(ComponentException.Overloaded.class));
  }
}
