package io.jitney.daemon.state;

import io.jitney.components.spi.CallContext;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.StateErrors;
import io.jitney.daemon.gojson.GoSyntax;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Dapr's state API without a transport: finds the store, checks and finishes keys, encrypts and
 * decrypts, counts, and turns failures into catalogue errors. Keys go in and come out as the app
 * names them.
 *
 * <p>Stateless; called on event loops. Futures come back on the calling loop and fail with a
 * DaprException only.
 */
public final class StateApi {
  /** What an item weighs beside its value. */
  static final long ITEM_SIZE = 64;

  /** Bytes of a value that is not left to the store, which would do it on the event loop. */
  private static final int LARGE_VALUE = 4_096;

  /** The call's store, or the error that there is none of that name or none at all. */
  StateCall begin(AppInstance instance, String store, CallContext context) {
    StateBinding binding = instance.components().state(store);
    if (binding == null) {
      throw noStore(instance, store).exception();
    }
    return new StateCall(
        instance,
        binding,
        context.on(instance.account().component(binding.name())),
        instance.resiliency().outbound(ComponentType.STATESTORE, binding.name()));
  }

  private static DaprError noStore(AppInstance instance, String store) {
    return instance.components().hasStates()
        ? StateErrors.notFound(store, instance.appId())
        : StateErrors.notConfigured(store, instance.appId());
  }

  /** The value under a key; absent: {@link StateItem#absent}. */
  Future<StateItem> get(
      StateCall call, String key, String consistency, Map<String, String> metadata) {
    GetRequest request = new GetRequest(physical(call, key), consistency, metadata);
    StateStore store = call.binding().store();
    long start = System.nanoTime();
    Future<StateItem> item =
        finish(
            call,
            "get",
            start,
            call.guarded()
                ? call.run(context -> store.get(context, request))
                : store.get(call.context(), request),
            cause -> StateErrors.get(key, call.binding().name(), cause));
    StateEncryption encryption = call.binding().encryption();
    return encryption == null
        ? item
        : item.compose(
            found -> work(call, size(found), () -> decrypted(call, encryption, key, found)));
  }

  private static StateItem decrypted(
      StateCall call, StateEncryption encryption, String key, StateItem item) {
    try {
      return decrypted(encryption, item);
    } catch (StateEncryption.Undecipherable e) {
      throw StateErrors.get(key, call.binding().name(), e).exception();
    }
  }

  private static StateItem decrypted(StateEncryption encryption, StateItem item)
      throws StateEncryption.Undecipherable {
    Buffer data = item.data();
    return data == null || data.length() == 0
        ? item
        : new StateItem(encryption.decrypt(data), item.etag(), item.metadata());
  }

  /**
   * Writes items, each on its own; with none it is done. Fails when any item failed, others may
   * have been written.
   */
  Future<Void> save(StateCall call, List<SetRequest> items) {
    if (items.isEmpty()) {
      return Future.succeededFuture();
    }
    long size = 0;
    for (SetRequest item : items) {
      size += ITEM_SIZE + item.value().bytes().length();
    }
    if (size < Account.HEAVY_BYTES) {
      return write(call, finished(call, items));
    }
    return work(call, size, () -> finished(call, items)).compose(requests -> write(call, requests));
  }

  private static Future<Void> write(StateCall call, List<SetRequest> requests) {
    StateStore store = call.binding().store();
    Function<Throwable, DaprError> failed = cause -> StateErrors.save(call.binding().name(), cause);
    long start = System.nanoTime();
    if (requests.size() == 1) {
      SetRequest only = requests.getFirst();
      return finish(
          call,
          "set",
          start,
          call.guarded()
              ? call.run(context -> store.set(context, only))
              : store.set(call.context(), only),
          failed);
    }
    return finish(
        call,
        "set",
        start,
        call.guarded()
            ? BulkAttempts.run(call, requests, SetRequest::key, store::bulkSet)
            : store.bulkSet(call.context(), requests),
        failed);
  }

  private static List<SetRequest> finished(StateCall call, List<SetRequest> items) {
    List<SetRequest> requests = new ArrayList<>(items.size());
    for (SetRequest item : items) {
      if (item.key().isEmpty()) {
        throw StateErrors.keyMissing().exception();
      }
      requests.add(finished(call, item, physical(call, item.key())));
    }
    return requests;
  }

  static SetRequest finished(StateCall call, SetRequest item, String physicalKey) {
    return new SetRequest(
        physicalKey,
        value(call, item.value()),
        given(item.etag()),
        item.metadata(),
        item.options());
  }

  /** What the store is given for a value: encrypted, or if it is large, in the store's own form. */
  private static StateData value(StateCall call, StateData value) {
    StateEncryption encryption = call.binding().encryption();
    if (encryption != null) {
      return encryption.encrypt(value);
    }
    if (value instanceof StateData.Json(Buffer json) && json.length() >= LARGE_VALUE) {
      return new StateData.Stored(call.binding().store().jsonForm().encode(json));
    }
    return value;
  }

  private static long size(StateItem item) {
    Buffer data = item.data();
    return ITEM_SIZE + (data == null ? 0 : data.length());
  }

  private static long size(List<BulkItem> items) {
    long size = 0;
    for (BulkItem item : items) {
      size += size(item.item());
    }
    return size;
  }

  /** A piece of the call's work; large ones are done beside the event loops. */
  static <T> Future<T> work(StateCall call, long bytes, Callable<T> work) {
    return call.instance().account().work(bytes, work);
  }

  /** Deletes a key; an absent one is fine, unless an ETag was given and the store minds. */
  Future<Void> delete(StateCall call, DeleteRequest request) {
    DeleteRequest finished = finished(call, request);
    StateStore store = call.binding().store();
    long start = System.nanoTime();
    return finish(
        call,
        "delete",
        start,
        call.guarded()
            ? call.run(context -> store.delete(context, finished))
            : store.delete(call.context(), finished),
        cause -> StateErrors.delete(request.key(), cause));
  }

  private static DeleteRequest finished(StateCall call, DeleteRequest request) {
    return new DeleteRequest(
        physical(call, request.key()),
        given(request.etag()),
        request.metadata(),
        request.options());
  }

  /**
   * Reads many keys; an item that could not be read carries its error. The order is the store's.
   *
   * @param memory of the call; what is read counts there, and nothing more is read than it has
   */
  Future<List<BulkItem>> bulkGet(
      StateCall call,
      List<String> keys,
      int parallelism,
      Map<String, String> metadata,
      CallMemory memory) {
    if (keys.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    List<GetRequest> requests = new ArrayList<>(keys.size());
    for (String key : keys) {
      requests.add(new GetRequest(physical(call, key), "", metadata));
    }
    StateStore store = call.binding().store();
    long start = System.nanoTime();
    return finish(
            call,
            "bulk_get",
            start,
            BulkReads.read(
                requests,
                memory,
                some ->
                    call.guarded()
                        ? call.run(context -> store.bulkGet(context, some, parallelism))
                        : store.bulkGet(call.context(), some, parallelism)),
            StateErrors::bulkGet)
        .compose(
            items ->
                call.binding().encryption() == null
                    ? Future.succeededFuture(logical(call, items))
                    : work(call, size(items), () -> logical(call, items)));
  }

  private static List<BulkItem> logical(StateCall call, List<BulkItem> items) {
    List<BulkItem> logical = new ArrayList<>(items.size());
    for (BulkItem item : items) {
      logical.add(logical(call.binding().encryption(), item));
    }
    return logical;
  }

  private static BulkItem logical(@Nullable StateEncryption encryption, BulkItem item) {
    String key = KeyPrefix.strip(item.key());
    if (encryption == null || item.error() != null) {
      return new BulkItem(key, item.item(), item.error());
    }
    try {
      return new BulkItem(key, decrypted(encryption, item.item()), null);
    } catch (StateEncryption.Undecipherable e) {
      return new BulkItem(
          key, new StateItem(null, item.item().etag(), item.item().metadata()), e.getMessage());
    }
  }

  /** Deletes many keys, each on its own. */
  Future<Void> bulkDelete(StateCall call, List<DeleteRequest> items) {
    if (items.isEmpty()) {
      return Future.succeededFuture();
    }
    List<DeleteRequest> requests = new ArrayList<>(items.size());
    for (DeleteRequest item : items) {
      requests.add(finished(call, item));
    }
    StateStore store = call.binding().store();
    long start = System.nanoTime();
    return finish(
        call,
        "bulk_delete",
        start,
        call.guarded()
            ? BulkAttempts.run(call, requests, DeleteRequest::key, deleting(store))
            : deleting(store).apply(call.context(), requests),
        cause -> StateErrors.bulkDelete(call.binding().name(), cause));
  }

  private static BiFunction<CallContext, List<DeleteRequest>, Future<Void>> deleting(
      StateStore store) {
    return (context, requests) ->
        requests.size() == 1
            ? store.delete(context, requests.getFirst())
            : store.bulkDelete(context, requests);
  }

  /**
   * Fails when the store of the call has no transactions; daprd asks this before it looks at the
   * body.
   */
  void requireTransactions(StateCall call) {
    transactional(call);
  }

  static StateStore.Transactional transactional(StateCall call) {
    if (call.binding().store() instanceof StateStore.Transactional store) {
      return store;
    }
    throw StateErrors.noTransactions(call.binding().name()).exception();
  }

  /**
   * Applies operations in order; what atomicity means is the store's. With an outbox, events of the
   * upserts are published beforehand.
   *
   * @param trace what events say about the call's trace
   */
  Future<Void> transact(
      StateCall call,
      List<TransactionItem> items,
      Map<String, String> metadata,
      @Nullable Trace trace) {
    return StateTransactions.transact(call, items, metadata, trace);
  }

  /**
   * Asks the store (alpha API). Only values under the component's own key prefix are answered: the
   * stores themselves look at all apps' values.
   *
   * @param query the query as JSON text
   */
  Future<QueryResult> query(StateCall call, Buffer query, Map<String, String> metadata) {
    String name = call.binding().name();
    if (!(call.binding().store() instanceof StateStore.Queryable store)) {
      throw StateErrors.noQueries(name).exception();
    }
    if (call.binding().encryption() != null) {
      throw StateErrors.query(name, "cannot query encrypted store").exception();
    }
    String problem = GoSyntax.unmarshalError(query);
    if (problem != null) {
      throw StateErrors.query(name, "failed to parse JSON query body: " + problem).exception();
    }
    long start = System.nanoTime();
    return finish(
            call,
            "query",
            start,
            call.guarded()
                ? call.run(context -> store.query(context, query, metadata))
                : store.query(call.context(), query, metadata),
            cause -> StateErrors.query(name, StateErrors.text(cause)))
        .map(result -> own(call, result));
  }

  private static QueryResult own(StateCall call, QueryResult result) {
    KeyPrefix keys = call.binding().keys();
    List<BulkItem> items = result.items().stream().filter(item -> keys.covers(item.key())).toList();
    return new QueryResult(logical(call, items), result.token(), result.metadata());
  }

  private static String physical(StateCall call, String key) {
    if (!KeyPrefix.legal(key)) {
      throw StateErrors.illegalKey(call.binding().name(), key).exception();
    }
    return call.binding().keys().apply(key);
  }

  /** An empty ETag is none. */
  static @Nullable String given(@Nullable String etag) {
    return etag == null || etag.isEmpty() ? null : etag;
  }

  /** Counts the outcome, comes home to the calling loop, and says failures in the API's words. */
  static <T> Future<T> finish(
      StateCall call,
      String operation,
      long start,
      Future<T> result,
      Function<Throwable, DaprError> failed) {
    if (result.isComplete()) {
      count(call, operation, start, result.succeeded());
      return result.succeeded()
          ? result
          : Future.failedFuture(StoreRefusals.error(call, result.cause(), failed).exception());
    }
    ContextInternal home = ContextInternal.current();
    Promise<T> promise = home == null ? Promise.promise() : home.promise();
    result.onComplete(
        done ->
            call.instance()
                .account()
                .runInTurn(home, () -> settle(call, operation, start, done, failed, promise)));
    return promise.future();
  }

  private static <T> void settle(
      StateCall call,
      String operation,
      long start,
      AsyncResult<T> done,
      Function<Throwable, DaprError> failed,
      Promise<T> promise) {
    count(call, operation, start, done.succeeded());
    if (done.succeeded()) {
      promise.complete(done.result());
    } else {
      promise.fail(StoreRefusals.error(call, done.cause(), failed).exception());
    }
  }

  private static void count(StateCall call, String operation, long start, boolean success) {
    long nanos = System.nanoTime() - start;
    call.instance().account().usage().store(nanos);
    call.instance().metrics().component("state", call.binding().name(), operation, success, nanos);
  }
}
