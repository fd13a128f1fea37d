package io.jitney.components.state.inmemory;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.KeptBytes;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.RequestChecks;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.Slices;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StoredJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code state.in-memory}. Each opening has values of its own: what one app instance stores, no
 * other sees.
 *
 * <p>Never waits, never fails for other reasons than the request, unless it is full: its values
 * live on the heap that all apps of the node share.
 */
public final class InMemoryStateStore implements StateStore.Transactional {
  private static final Set<StateFeature> FEATURES =
      StateFeature.set(
          StateFeature.ETAG,
          StateFeature.TRANSACTIONAL,
          StateFeature.TTL,
          StateFeature.DELETE_WITH_PREFIX,
          StateFeature.KEYS_LIKE);
  private static final Future<Void> DONE = Future.succeededFuture();
  private static final Future<StateItem> ABSENT = Future.succeededFuture(StateItem.absent());
  private static final byte[] NOTHING = {};
  private static final long EVICTION_MILLIS = 1_000;
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  /** Some 0.2 ms of work each. */
  private static final int READS_PER_TURN = 1_000;

  private static final int WRITES_PER_TURN = 100;

  private final Values values;
  private final Vertx vertx;
  private final AtomicBoolean evicting = new AtomicBoolean();
  private volatile boolean closed;

  private InMemoryStateStore(Vertx vertx, KeptBytes.Share kept) {
    this.vertx = vertx;
    this.values = new Values(kept);
  }

  /** The factory: takes any metadata and uses none. */
  public static Future<StateStore> open(ComponentSpec spec, ComponentOpening opening) {
    return Future.succeededFuture(
        new InMemoryStateStore(opening.node().vertx(), opening.node().kept().share()));
  }

  @Override
  public StoredJson jsonForm() {
    return StoredJson.SORTED;
  }

  @Override
  public Set<StateFeature> features() {
    return FEATURES;
  }

  @Override
  public Future<StateItem> get(CallContext context, GetRequest request) {
    StoredValue value = values.read(() -> values.live(request.key()));
    return value == null ? ABSENT : Future.succeededFuture(value.item());
  }

  /** More keys than fit one turn of the loop are not read at one moment. */
  @Override
  public Future<List<BulkItem>> bulkGet(
      CallContext context, List<GetRequest> requests, int parallelism) {
    List<BulkItem> items = new ArrayList<>(requests.size());
    int slices = (requests.size() + READS_PER_TURN - 1) / READS_PER_TURN;
    return Slices.each(
            slices,
            1,
            slice -> {
              int from = slice * READS_PER_TURN;
              int to = Math.min(from + READS_PER_TURN, requests.size());
              items.addAll(values.read(() -> read(requests.subList(from, to))));
            })
        .map(read -> items);
  }

  private List<BulkItem> read(List<GetRequest> requests) {
    List<BulkItem> items = new ArrayList<>(requests.size());
    for (GetRequest request : requests) {
      StoredValue value = values.live(request.key());
      StateItem item = value == null ? StateItem.absent() : value.item();
      items.add(new BulkItem(request.key(), item, null));
    }
    return items;
  }

  @Override
  public Future<Void> set(CallContext context, SetRequest request) {
    return transact(context, List.of(new StateOperation.Upsert(request)), Map.of());
  }

  @Override
  public Future<Void> delete(CallContext context, DeleteRequest request) {
    return transact(context, List.of(new StateOperation.Delete(request)), Map.of());
  }

  @Override
  public Future<Void> transact(
      CallContext context, List<StateOperation> operations, Map<String, String> metadata) {
    List<Step> steps = new ArrayList<>(operations.size());
    return Slices.each(
            operations.size(), WRITES_PER_TURN, i -> steps.add(prepare(operations.get(i))))
        .compose(prepared -> apply(steps));
  }

  /** All of them or none, at one moment. */
  private Future<Void> apply(List<Step> steps) {
    boolean expiring = steps.stream().anyMatch(step -> step.ttlSeconds > 0);
    try {
      values.write(
          () -> {
            for (Step step : steps) {
              step.check(values);
            }
            if (!closed) {
              // What is replaced is given back as it goes: for a moment both count.
              values.makeRoom(steps.stream().mapToLong(Step::bytes).sum());
              for (Step step : steps) {
                step.apply(values);
              }
            }
          });
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    if (expiring) {
      evictAfter(EVICTION_MILLIS);
    }
    return DONE;
  }

  /** An operation whose parameters were found good. */
  private static final class Step {
    private final StateOperation operation;
    private final byte[] data;
    final long ttlSeconds;

    Step(StateOperation operation, byte[] data, long ttlSeconds) {
      this.operation = operation;
      this.data = data;
      this.ttlSeconds = ttlSeconds;
    }

    void check(Values values) {
      switch (operation) {
        case StateOperation.Upsert(SetRequest set) ->
            values.checkEtag(set.key(), set.etag(), set.options());
        case StateOperation.Delete(DeleteRequest delete) ->
            values.checkEtag(delete.key(), delete.etag(), delete.options());
      }
    }

    /** What is new; what is removed needs no room. */
    long bytes() {
      return switch (operation) {
        case StateOperation.Upsert(SetRequest set) -> StoredValue.bytes(set.key(), data);
        case StateOperation.Delete delete -> 0;
      };
    }

    void apply(Values values) {
      switch (operation) {
        case StateOperation.Upsert(SetRequest set) -> values.put(set.key(), data, ttlSeconds);
        case StateOperation.Delete(DeleteRequest delete) -> values.remove(delete.key());
      }
    }
  }

  private static Step prepare(StateOperation operation) {
    return switch (operation) {
      case StateOperation.Upsert(SetRequest set) -> {
        RequestChecks.options(set.options());
        long ttlSeconds = ttlSeconds(set.metadata());
        byte[] data =
            switch (set.value()) {
              case StateData.Json(var json) -> StoredJson.SORTED.encode(json).getBytes();
              case StateData.Stored(var json) -> json.getBytes();
              case StateData.Bytes(var bytes) -> bytes.getBytes();
            };
        yield new Step(operation, data, ttlSeconds);
      }
      case StateOperation.Delete(DeleteRequest delete) -> {
        RequestChecks.options(delete.options());
        yield new Step(operation, NOTHING, 0);
      }
    };
  }

  private static long ttlSeconds(Map<String, String> metadata) {
    String text = metadata.get(RequestChecks.TTL);
    if (text == null || text.isEmpty()) {
      return 0;
    }
    try {
      return Math.max(0, GoText.atoi(text));
    } catch (GoText.Unreadable e) {
      throw new ComponentException.Failed(e.getMessage());
    }
  }

  /**
   * At most one timer at a time, and none while nothing can expire: a thousand idle stores cost
   * nothing.
   */
  private void evictAfter(long millis) {
    if (!closed && evicting.compareAndSet(false, true)) {
      vertx.setTimer(millis, id -> evict());
    }
  }

  private void evict() {
    long[] next = new long[1];
    values.write(
        () -> {
          evicting.set(
              false); // inside the lock: who adds a value from now on sees that a timer is missing
          next[0] = values.evict();
        });
    if (next[0] != StoredValue.NEVER) {
      long wait = next[0] - System.currentTimeMillis();
      evictAfter(Math.clamp(wait, EVICTION_MILLIS, LONGEST_WAIT_MILLIS));
    }
  }

  @Override
  public Future<Void> close() {
    closed = true;
    values.write(values::clear);
    return DONE;
  }
}
