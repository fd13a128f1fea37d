package io.jitney.daemon.state;

import io.jitney.components.spi.CallContext;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.error.StateErrors;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.outbox.OutboxSettings;
import io.jitney.daemon.outbox.OutboxTransaction;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The transactions of {@link StateApi}: checks operations in their order, then applies them. */
final class StateTransactions {
  private StateTransactions() {}

  static Future<Void> transact(
      StateCall call,
      List<TransactionItem> items,
      Map<String, String> metadata,
      @Nullable Trace trace) {
    StateStore.Transactional store = StateApi.transactional(call);
    if (items.isEmpty()) {
      return Future.succeededFuture();
    }
    long size = 0;
    for (TransactionItem item : items) {
      size += StateApi.ITEM_SIZE + item.request().value().bytes().length();
    }
    return size < Account.HEAVY_BYTES
        ? transact(call, store, items, operations(call, items), metadata, trace)
        : StateApi.work(call, size, () -> operations(call, items))
            .compose(operations -> transact(call, store, items, operations, metadata, trace));
  }

  private static Future<Void> transact(
      StateCall call,
      StateStore.Transactional store,
      List<TransactionItem> items,
      List<StateOperation> operations,
      Map<String, String> metadata,
      @Nullable Trace trace) {
    if (store.maxOperations() >= 0 && operations.size() > store.maxOperations()) {
      throw StateErrors.tooManyOperations(
              call.binding().name(), operations.size(), store.maxOperations())
          .exception();
    }
    OutboxSettings settings = call.binding().outbox();
    if (settings == null) {
      long start = System.nanoTime();
      return finish(
          call, start, run(call, context -> store.transact(context, operations, metadata)));
    }
    OutboxTransaction outbox =
        new OutboxTransaction(
            call.instance(),
            settings,
            call.binding().store(),
            operations,
            items.stream().map(TransactionItem::contentType).toList(),
            call.context(),
            trace);
    return outbox
        .publish()
        .compose(
            done -> {
              long start = System.nanoTime();
              Future<Void> applied =
                  run(
                      call,
                      context ->
                          outbox.attempt(
                              () -> store.transact(context, outbox.operations(), metadata)));
              return finish(call, start, outbox.follow(applied));
            });
  }

  private static Future<Void> run(StateCall call, Function<CallContext, Future<Void>> transaction) {
    return call.guarded() ? call.run(transaction) : transaction.apply(call.context());
  }

  private static Future<Void> finish(StateCall call, long start, Future<Void> result) {
    return StateApi.finish(call, "transaction", start, result, StateErrors::transaction);
  }

  private static List<StateOperation> operations(StateCall call, List<TransactionItem> items) {
    List<StateOperation> operations = new ArrayList<>(items.size());
    for (TransactionItem item : items) {
      operations.add(operation(call, item));
    }
    return operations;
  }

  private static StateOperation operation(StateCall call, TransactionItem item) {
    boolean upsert = item.operation().equals("upsert");
    if (!upsert && !item.operation().equals("delete")) {
      throw StateErrors.unknownOperation(item.operation()).exception();
    }
    String problem = item.problem();
    if (problem != null) {
      throw StateErrors.malformedOperation(problem).exception();
    }
    SetRequest request = item.request();
    if (!KeyPrefix.legal(request.key())) {
      throw StateErrors.illegalKeyInTransaction(call.binding().name(), request.key()).exception();
    }
    String key = call.binding().keys().apply(request.key());
    if (!upsert) {
      return new StateOperation.Delete(
          new DeleteRequest(
              key, StateApi.given(request.etag()), request.metadata(), request.options()));
    }
    if (request.key().isEmpty()) {
      throw StateErrors.keyMissing()
          .exception(); // daprd writes under the bare prefix, where every such slip meets
    }
    return new StateOperation.Upsert(StateApi.finished(call, request, key));
  }
}
