package io.jitney.daemon.state;

import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.daemon.memory.CallMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads many keys part by part, so that no more comes from the store than there is memory for: a
 * request of a few megabytes may name a value of a few megabytes a million times. On one event
 * loop.
 */
final class BulkReads {
  /** As long as nobody knows how large the values are. */
  private static final int FIRST = 32;

  private static final int MOST = 4_096;

  /** What a part is to bring, about. */
  private static final long PART_BYTES = 1 << 20;

  /** Of a key in the answer, with or without a value. */
  private static final long ITEM_BYTES = 64;

  private final List<GetRequest> requests;
  private final CallMemory memory;
  private final Function<List<GetRequest>, Future<List<BulkItem>>> read;
  private final List<BulkItem> items;
  private final Promise<List<BulkItem>> all = Promise.promise();
  private int at;
  private long bytes;
  private int part = FIRST;

  private BulkReads(
      List<GetRequest> requests,
      CallMemory memory,
      Function<List<GetRequest>, Future<List<BulkItem>>> read) {
    this.requests = requests;
    this.memory = memory;
    this.read = read;
    this.items = new ArrayList<>(requests.size());
  }

  /**
   * Reads them all.
   *
   * @param read asks the store for some
   * @return fails as {@code read} does, or with a refusal when there is no memory for what comes
   */
  static Future<List<BulkItem>> read(
      List<GetRequest> requests,
      CallMemory memory,
      Function<List<GetRequest>, Future<List<BulkItem>>> read) {
    if (requests.size() <= FIRST) {
      return read.apply(requests);
    }
    BulkReads reads = new BulkReads(requests, memory, read);
    reads.next();
    return reads.all.future();
  }

  private void next() {
    while (at < requests.size()) {
      int to = Math.min(at + part, requests.size());
      List<GetRequest> some = requests.subList(at, to);
      at = to;
      Future<Void> kept = read.apply(some).compose(this::keep);
      if (!kept.isComplete()) {
        kept.onSuccess(more -> next()).onFailure(all::tryFail);
        return;
      }
      if (kept.failed()) {
        all.tryFail(kept.cause());
        return;
      }
    }
    all.tryComplete(items);
  }

  private Future<Void> keep(List<BulkItem> some) {
    long its = 0;
    for (BulkItem item : some) {
      Buffer data = item.item().data();
      its += item.key().length() + (data == null ? 0 : data.length()) + ITEM_BYTES;
    }
    part = Math.clamp(PART_BYTES * some.size() / Math.max(its, 1), 1, MOST);
    items.addAll(some);
    bytes += its;
    Future<Void> room = memory.gathered(bytes);
    return room == null ? Future.succeededFuture() : room;
  }
}
