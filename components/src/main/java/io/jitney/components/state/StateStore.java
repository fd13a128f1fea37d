package io.jitney.components.state;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A key/value store (Dapr's state building block). Failures are {@link ComponentException}s.
 *
 * <p>An empty ETag must reach a store as null. Options were not checked: a store that gets an
 * unknown word fails the call as daprd's does.
 */
public interface StateStore extends Component {
  /** What the store can do; shown as capabilities in the metadata API. */
  Set<StateFeature> features();

  /**
   * What the keys are in: equal texts for two openings where one sees what the other writes under
   * the same key. Free of secrets. Empty: nobody else sees them.
   */
  default String place() {
    return "";
  }

  /**
   * The form in which it stores JSON values. Large ones are put into it beforehand, beside the
   * event loops, and come as {@link StateData.Stored}.
   */
  default StoredJson jsonForm() {
    return StoredJson.PLAIN;
  }

  /** Reads one key; an absent or expired key is {@link StateItem#absent}. */
  Future<StateItem> get(CallContext context, GetRequest request);

  Future<Void> set(CallContext context, SetRequest request);

  Future<Void> delete(CallContext context, DeleteRequest request);

  /**
   * Reads many keys. Absent keys come back as absent items; an item that failed carries its error.
   * Order is free.
   *
   * @param parallelism how many single reads may run at once where the store has no bulk read; 0 or
   *     less: no limit asked for by the caller (the implementation still bounds it)
   */
  Future<List<BulkItem>> bulkGet(CallContext context, List<GetRequest> requests, int parallelism);

  /** Writes many keys, without atomicity. Fails with {@link BulkFailure} when any item failed. */
  default Future<Void> bulkSet(CallContext context, List<SetRequest> requests) {
    return BulkFailure.join(requests, SetRequest::key, request -> set(context, request));
  }

  /** Deletes many keys, without atomicity. Fails with {@link BulkFailure} when any item failed. */
  default Future<Void> bulkDelete(CallContext context, List<DeleteRequest> requests) {
    return BulkFailure.join(requests, DeleteRequest::key, request -> delete(context, request));
  }

  /** A store with {@link StateFeature#TRANSACTIONAL}. */
  interface Transactional extends StateStore {
    /** The most operations one transaction may hold; -1: any number. */
    default int maxOperations() {
      return -1;
    }

    /**
     * Applies the operations in order; what atomicity means is the store's (Redis: no rollback).
     */
    Future<Void> transact(
        CallContext context, List<StateOperation> operations, Map<String, String> metadata);
  }

  /**
   * A store that can be asked to query. It may still refuse, for want of an index or a module on
   * its server; only a store that shows {@link StateFeature#QUERY_API} promises an answer.
   */
  interface Queryable extends StateStore {
    /**
     * @param query the query of the request, JSON text
     * @param metadata request metadata, {@code queryIndexName} for example
     */
    Future<QueryResult> query(CallContext context, Buffer query, Map<String, String> metadata);
  }
}
