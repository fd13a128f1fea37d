package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkFailure;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.testing.TestInstances;
import io.jitney.tenancy.memory.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the core decides, with stores that answer as each test wants. */
class StateApiTest {
  private final StateApi api = new StateApi();
  private final TestInstances instances = new TestInstances();
  private final List<String> counted = new ArrayList<>();

  private AppInstance instance(String appId) {
    InstanceMetrics metrics =
        (InstanceMetrics)
            Proxy.newProxyInstance(
                InstanceMetrics.class.getClassLoader(),
                new Class<?>[] {InstanceMetrics.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("component")) {
                    counted.add(
                        arguments[0]
                            + " "
                            + arguments[1]
                            + " "
                            + arguments[2]
                            + " "
                            + arguments[3]);
                  }
                  return null;
                });
    return instances.open(appId, metrics);
  }

  private StateCall call(StateStore store) {
    return call(instance("a"), store, KeyPrefix.ofAppId("a"));
  }

  private StateCall call(AppInstance instance, StateStore store, KeyPrefix keys) {
    StateBinding binding = new StateBinding("s", store, keys, null);
    instance.components().add(new ComponentSet.Loaded("s", "state.fake", "v1", List.of()), binding);
    return api.begin(instance, "s", new CallContext(Long.MAX_VALUE, null));
  }

  private static DaprError error(Future<?> future) {
    assertThat(future.failed()).isTrue();
    return ((DaprException) future.cause()).error();
  }

  private static SetRequest item(String key) {
    return new SetRequest(
        key, new StateData.Json(Buffer.buffer("1")), "", Map.of(), StateOptions.NONE);
  }

  private static CallMemory memory() {
    return new CallMemory(MemoryBudget.unlimited().open(1));
  }

  private static TransactionItem upsert(String key) {
    return new TransactionItem("upsert", item(key), null);
  }

  @Test
  void storesGetFinishedKeysAndNoEmptyEtag() {
    FakeStore store = new FakeStore();
    api.save(call(store), List.of(item("k")));
    assertThat(store.sets)
        .singleElement()
        .matches(set -> set.key().equals("a||k") && set.etag() == null);
    assertThat(counted).containsExactly("state s set true");
  }

  @Test
  void aFullQueueOfTheTenantIsALimitAndNoFailure() {
    FakeStore store = new FakeStore();
    store.failure = new ComponentException.Overloaded("redis: connection pool timeout");
    AppInstance instance = instance("a");
    StateCall call = call(instance, store, KeyPrefix.ofAppId("a"));
    for (Future<?> refused :
        List.of(
            api.get(call, "k", "", Map.of()),
            api.save(call, List.of(item("k"))),
            api.bulkGet(call, List.of("k"), 0, Map.of(), memory()))) {
      DaprError error = error(refused);
      assertThat(error.httpStatus()).isEqualTo(429);
      assertThat(error.grpcStatus()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(error.errorCode()).isEqualTo("ERR_TENANT_QUEUE_FULL");
      assertThat(error.message())
          .isEqualTo("tenant limit reached: too many calls wait for state store s");
    }
    ComponentException refusal = new ComponentException.Overloaded("full");
    store.failure =
        new BulkFailure(
            List.of(new BulkFailure.Item("a", refusal), new BulkFailure.Item("b", refusal)));
    assertThat(error(api.save(call, List.of(item("a"), item("b")))).httpStatus()).isEqualTo(429);
    store.failure =
        new BulkFailure(
            List.of(
                new BulkFailure.Item("a", refusal),
                new BulkFailure.Item("b", new ComponentException.Failed("no route"))));
    assertThat(error(api.save(call, List.of(item("a"), item("b")))).httpStatus())
        .as("something was tried and failed")
        .isEqualTo(500);
  }

  @Test
  void aFailureWithoutAWordOnEtagsIsAFailure() {
    FakeStore store = new FakeStore();
    store.failure = new ComponentException.Failed("no route");
    StateCall call = call(store);
    DaprError save = error(api.save(call, List.of(item("k"))));
    assertThat(save.httpStatus()).isEqualTo(500);
    assertThat(save.grpcStatus()).isEqualTo(GrpcStatus.INTERNAL);
    assertThat(save.message()).isEqualTo("failed saving state in state store s: no route");
    assertThat(error(api.get(call, "k", "", Map.of())).message())
        .isEqualTo("fail to get k from state store s: no route");
    assertThat(error(api.bulkGet(call, List.of("k"), 0, Map.of(), memory())))
        .matches(e -> e.message().equals("no route") && e.grpcStatus() == GrpcStatus.UNKNOWN);
    assertThat(counted)
        .containsExactly("state s set false", "state s get false", "state s bulk_get false");
  }

  @Test
  void somePartsOfABulkWriteFailed() {
    FakeStore store = new FakeStore();
    BulkFailure.Item mismatch =
        new BulkFailure.Item("a||k", new ComponentException.EtagMismatch("x"));
    BulkFailure.Item invalid =
        new BulkFailure.Item("a||l", new ComponentException.EtagInvalid("y"));
    BulkFailure.Item other = new BulkFailure.Item("a||m", new ComponentException.Failed("z"));
    StateCall call = call(store);
    List<SetRequest> items = List.of(item("k"), item("l"), item("m"));

    store.failure = new BulkFailure(List.of(mismatch, invalid));
    assertThat(error(api.save(call, items)))
        .matches(e -> e.httpStatus() == 400 && e.grpcStatus() == GrpcStatus.INVALID_ARGUMENT)
        .extracting(DaprError::message)
        .isEqualTo(
            "failed saving state in state store s: invalid etag value: invalid etag value: y\n"
                + "possible etag mismatch. error from state store: x");
    store.failure = new BulkFailure(List.of(mismatch, other));
    assertThat(error(api.save(call, items)))
        .matches(e -> e.httpStatus() == 409 && e.grpcStatus() == GrpcStatus.ABORTED);
    store.failure = new BulkFailure(List.of(other));
    assertThat(error(api.save(call, items)))
        .matches(e -> e.httpStatus() == 500 && e.message().endsWith("state store s: z"));
  }

  @Test
  void nothingToDoDoesNotReachTheStore() {
    FakeStore store = new FakeStore();
    store.failure = new ComponentException.Failed("asked");
    StateCall call = call(store);
    assertThat(api.save(call, List.of()).succeeded()).isTrue();
    assertThat(api.bulkDelete(call, List.of()).succeeded()).isTrue();
    assertThat(api.bulkGet(call, List.of(), 0, Map.of(), memory()).result()).isEmpty();
    assertThat(counted).isEmpty();
  }

  @Test
  void aStoreWithoutTransactionsSaysSo() {
    StateCall call = call(new FakeStore());
    assertThatThrownBy(() -> api.requireTransactions(call))
        .isInstanceOfSatisfying(
            DaprException.class,
            e -> {
              assertThat(e.error().message())
                  .isEqualTo("state store s doesn't support transactions");
              assertThat(e.error().grpcStatus()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
              assertThat(e.error().httpDetails()).hasSize(3);
            });
  }

  @Test
  void aTransactionHasTheStoresLimit() {
    TransactionalStore store = new TransactionalStore();
    StateCall call = call(store);
    assertThat(api.transact(call, List.of(upsert("a"), upsert("b")), Map.of(), null).succeeded())
        .isTrue();
    assertThatThrownBy(
            () ->
                api.transact(call, List.of(upsert("a"), upsert("b"), upsert("c")), Map.of(), null))
        .hasMessage(
            "the transaction contains 3 operations, which is more than what the state store supports: 2");
    assertThat(store.transactions).hasSize(1);
  }

  @Test
  void operationsAreCheckedInTheirOrder() {
    StateCall call = call(new TransactionalStore());
    TransactionItem unknown = new TransactionItem("insert", item("k"), null);
    TransactionItem malformed = new TransactionItem("upsert", item("k"), "odd");
    assertThatThrownBy(() -> api.transact(call, List.of(malformed, unknown), Map.of(), null))
        .hasMessage("failed deserializing HTTP body: odd");
    assertThatThrownBy(() -> api.transact(call, List.of(unknown, malformed), Map.of(), null))
        .hasMessage("operation type insert not supported");
    assertThatThrownBy(() -> api.transact(call, List.of(upsert("")), Map.of(), null))
        .hasMessage("\"key\" is a required field");
    TransactionItem delete = new TransactionItem("delete", item(""), null);
    assertThat(api.transact(call, List.of(delete), Map.of(), null).succeeded()).isTrue();
  }

  @Test
  void aQueryNeverShowsKeysOfOthers() {
    QueryableStore store = new QueryableStore();
    StateCall one = call(instance("one"), store, KeyPrefix.ofAppId("one"));
    StateCall two = call(instance("two"), store, KeyPrefix.ofAppId("two"));
    assertThat(api.query(one, Buffer.buffer("{}"), Map.of()).result().items())
        .extracting(BulkItem::key)
        .containsExactly("mine");
    assertThat(api.query(two, Buffer.buffer("{}"), Map.of()).result().items())
        .extracting(BulkItem::key)
        .containsExactly("theirs");
    assertThatThrownBy(() -> api.query(one, Buffer.buffer("{"), Map.of()))
        .hasMessage(
            "state store s query failed: failed to parse JSON query body: unexpected end of JSON input");
  }

  @Test
  void aStoreOfOneInstanceIsNotThereForAnother() {
    call(instance("one"), new FakeStore(), KeyPrefix.ofAppId("one"));
    AppInstance two = instance("two");
    assertThatThrownBy(() -> api.begin(two, "s", new CallContext(Long.MAX_VALUE, null)))
        .hasMessage("state store s is not configured");
    call(two, new FakeStore(), KeyPrefix.ofAppId("two"));
    assertThatThrownBy(() -> api.begin(two, "t", new CallContext(Long.MAX_VALUE, null)))
        .hasMessage("state store t is not found");
  }

  /** Fails every call with {@code failure}, or does nothing. */
  private static class FakeStore implements StateStore {
    final List<SetRequest> sets = new ArrayList<>();
    @Nullable Throwable failure;

    <T> Future<T> answer(T result) {
      return failure == null ? Future.succeededFuture(result) : Future.failedFuture(failure);
    }

    Future<Void> done() {
      return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
    }

    @Override
    public Set<StateFeature> features() {
      return Set.of();
    }

    @Override
    public Future<StateItem> get(CallContext context, GetRequest request) {
      return answer(StateItem.absent());
    }

    @Override
    public Future<Void> set(CallContext context, SetRequest request) {
      sets.add(request);
      return done();
    }

    @Override
    public Future<Void> bulkSet(CallContext context, List<SetRequest> requests) {
      return done();
    }

    @Override
    public Future<Void> delete(CallContext context, DeleteRequest request) {
      return done();
    }

    @Override
    public Future<List<BulkItem>> bulkGet(
        CallContext context, List<GetRequest> requests, int parallelism) {
      return answer(List.of());
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static final class TransactionalStore extends FakeStore
      implements StateStore.Transactional {
    final List<List<StateOperation>> transactions = new ArrayList<>();

    @Override
    public int maxOperations() {
      return 2;
    }

    @Override
    public Future<Void> transact(
        CallContext context, List<StateOperation> operations, Map<String, String> metadata) {
      transactions.add(operations);
      return done();
    }
  }

  private static final class QueryableStore extends FakeStore implements StateStore.Queryable {
    @Override
    public Future<QueryResult> query(
        CallContext context, Buffer query, Map<String, String> metadata) {
      List<BulkItem> items =
          List.of(
              new BulkItem("one||mine", StateItem.absent(), null),
              new BulkItem("two||theirs", StateItem.absent(), null));
      return answer(new QueryResult(items, "", Map.of()));
    }
  }
}
