package io.jitney.components.state.redis;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.redis.RedisCall;
import io.jitney.components.redis.RedisFailure;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.redis.RedisPool.Lane;
import io.jitney.components.redis.RedisSettings;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.StrictMetadata;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.QueryResult;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StoredJson;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code state.redis} on a {@link RedisPool} shared with every opening that has equal connection
 * settings.
 */
public final class RedisStateStore implements StateStore.Transactional, StateStore.Queryable {
  private static final Set<StateFeature> FEATURES =
      StateFeature.set(
          StateFeature.ETAG, StateFeature.TRANSACTIONAL, StateFeature.TTL, StateFeature.KEYS_LIKE);

  /** How many reads of one bulk request wait or are under way at once. */
  private static final int BULK_WINDOW = 512;

  private final SharedPools.Lease<RedisPool> lease;
  private final RedisPool redis;
  private final RedisWrites writes;
  private final RedisServer server;
  private final String place;
  private final boolean grouped;

  private RedisStateStore(
      SharedPools.Lease<RedisPool> lease,
      RedisWrites writes,
      RedisServer server,
      RedisSettings settings) {
    this.grouped = !(settings.topology() instanceof RedisSettings.Topology.Cluster);
    this.place = "redis " + settings.host() + "/" + settings.database();
    this.lease = lease;
    this.redis = lease.client();
    this.writes = writes;
    this.server = server;
  }

  /**
   * The factory. Opens the connection of the calling loop; the other loops' follow when they are
   * needed.
   */
  public static Future<StateStore> open(ComponentSpec spec, ComponentOpening opening) {
    RedisSettings settings;
    Long defaultTtl;
    try {
      settings = RedisSettings.forState(spec.metadata());
      defaultTtl = new StrictMetadata(spec.metadata()).integerOrNull("ttlInSeconds");
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    SharedPools.Lease<RedisPool> lease = RedisPool.borrow(opening.node(), settings);
    return RedisServer.probe(lease.client(), settings)
        .transform(
            probed -> {
              if (probed.failed()) {
                Throwable failure = probed.cause();
                return lease
                    .release()
                    .transform(released -> Future.<StateStore>failedFuture(failure));
              }
              if (!spec.metadata().get("queryIndexes", "").isEmpty()) {
                opening
                    .log()
                    .warn("redis store: queryIndexes have no effect: queries are not available");
              }
              RedisWrites writes = new RedisWrites(defaultTtl);
              return Future.<StateStore>succeededFuture(
                  new RedisStateStore(lease, writes, probed.result(), settings));
            });
  }

  @Override
  public StoredJson jsonForm() {
    return StoredJson.PLAIN;
  }

  @Override
  public Set<StateFeature> features() {
    return FEATURES;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public Future<StateItem> get(CallContext context, GetRequest request) {
    return isDocument(request)
        ? document(redis.call(context, readDocument(request)))
        : hash(context, request.key(), redis.call(context, readHash(request)));
  }

  private boolean isDocument(GetRequest request) {
    return server.hasJson() && RedisWrites.isJson(request.metadata());
  }

  private static RedisCall<byte @Nullable []> readDocument(GetRequest request) {
    return RedisCall.read(RedisStateStore::bytes, 1, "JSON.GET", request.key());
  }

  private static RedisCall<StateItem> readHash(GetRequest request) {
    return RedisCall.read(HashOutput::new, 1, "HGETALL", request.key());
  }

  private static Future<StateItem> document(Future<byte @Nullable []> reply) {
    return reply.map(JsonDocument::parse).recover(RedisStateStore::failed);
  }

  /** What is no hash may be a string: a value written by something older than Dapr's hashes. */
  private Future<StateItem> hash(CallContext context, String key, Future<StateItem> reply) {
    return reply.recover(
        failure -> {
          if (!(failure instanceof RedisFailure answer)
              || !answer.isAnswer()
              || HashOutput.INCOMPLETE.equals(answer.getMessage())) {
            return failed(failure);
          }
          return redis
              .call(context, RedisCall.read(RedisStateStore::bytes, 1, "GET", key))
              .map(RedisStateStore::plain)
              .recover(RedisStateStore::failed);
        });
  }

  private static StateItem plain(byte @Nullable [] data) {
    return data == null
        ? StateItem.absent()
        : new StateItem(BufferInternal.buffer(Unpooled.wrappedBuffer(data)), null, Map.of());
  }

  private static ByteArrayOutput<byte[], byte[]> bytes() {
    return new ByteArrayOutput<>(ByteArrayCodec.INSTANCE);
  }

  /**
   * Whatever the parallelism, which costs the server no more that way: keys go out in batches, some
   * batches at once.
   */
  @Override
  public Future<List<BulkItem>> bulkGet(
      CallContext context, List<GetRequest> requests, int parallelism) {
    return bulkGet(context, requests, 0, new ArrayList<>(requests.size()));
  }

  private Future<List<BulkItem>> bulkGet(
      CallContext context, List<GetRequest> requests, int from, List<BulkItem> items) {
    if (from >= requests.size()) {
      return Future.succeededFuture(items);
    }
    int to = Math.min(from + BULK_WINDOW, requests.size());
    List<Future<StateItem>> window = new ArrayList<>(to - from);
    for (int next = from; next < to; next += RedisPool.MAX_BATCH) {
      window.addAll(
          batch(context, requests.subList(next, Math.min(next + RedisPool.MAX_BATCH, to))));
    }
    return Future.join(window)
        .transform(
            done -> {
              for (int i = 0; i < window.size(); i++) {
                Future<StateItem> one = window.get(i);
                String key = requests.get(from + i).key();
                items.add(
                    one.succeeded()
                        ? new BulkItem(key, one.result(), null)
                        : new BulkItem(
                            key, StateItem.absent(), String.valueOf(one.cause().getMessage())));
              }
              return bulkGet(context, requests, to, items);
            });
  }

  private List<Future<StateItem>> batch(CallContext context, List<GetRequest> requests) {
    List<Future<StateItem>> items = new ArrayList<>(requests.size());
    if (requests.stream().anyMatch(this::isDocument)) {
      requests.forEach(request -> items.add(get(context, request)));
      return items;
    }
    List<Future<StateItem>> replies =
        redis.batch(context, requests.stream().map(RedisStateStore::readHash).toList());
    for (int i = 0; i < replies.size(); i++) {
      items.add(hash(context, requests.get(i).key(), replies.get(i)));
    }
    return items;
  }

  @Override
  public Future<Void> set(CallContext context, SetRequest request) {
    RedisWrites.Set set;
    try {
      set = writes.set(request, server.hasJson() && RedisWrites.isJson(request.metadata()));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    boolean waits = server.replicas() > 0 && request.options().strong();
    Lane lane = waits ? Lane.WAITING : Lane.SHARED;
    Future<Long> written =
        redis
            .call(context, lane, set.call(true))
            .recover(
                failure ->
                    needsText(failure)
                        ? redis.call(context, lane, set.call(false))
                        : failed(failure))
            .recover(failure -> Future.failedFuture(setFailure(request, failure)));
    RedisCall<Long> expiry = RedisWrites.expiry(set.key(), set.ttl());
    if (expiry != null) {
      String what =
          set.ttl() != null && set.ttl() > 0
              ? "failed to set key %s ttl: "
              : "failed to persist key %s: ";
      written =
          written.compose(
              version ->
                  redis
                      .call(context, lane, expiry)
                      .recover(failure -> failed(what.replace("%s", set.key()), failure)));
    }
    if (waits) {
      written =
          written.compose(
              version ->
                  redis
                      .call(context, lane, RedisWrites.waitFor(server.replicas()))
                      .recover(
                          failure ->
                              failed(
                                  "redis waiting for "
                                      + server.replicas()
                                      + " replicas to acknowledge write, err: ",
                                  failure)));
    }
    return written.mapEmpty();
  }

  private static ComponentException setFailure(SetRequest request, Throwable failure) {
    if (failure instanceof ComponentException.Overloaded refused) {
      return refused;
    }
    String etag = request.etag();
    return etag != null && !etag.isEmpty()
        ? new ComponentException.EtagMismatch(failure.getMessage())
        : new ComponentException.Failed(
            "failed to set key " + request.key() + ": " + failure.getMessage());
  }

  /** Any failure of a delete is reported as an ETag mismatch: that is what apps know from daprd. */
  @Override
  public Future<Void> delete(CallContext context, DeleteRequest request) {
    RedisWrites.Delete delete;
    try {
      delete = writes.delete(request, server.hasJson() && RedisWrites.isJson(request.metadata()));
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    return redis
        .call(context, delete.call(true))
        .recover(
            failure ->
                needsText(failure) ? redis.call(context, delete.call(false)) : failed(failure))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ComponentException.Overloaded
                        ? failure
                        : new ComponentException.EtagMismatch(failure.getMessage())))
        .mapEmpty();
  }

  /** The server does not know the script by its name, or may not be asked that way. */
  private static boolean needsText(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return message.startsWith("NOSCRIPT") || message.startsWith("NOPERM");
  }

  @Override
  public Future<Void> transact(
      CallContext context, List<StateOperation> operations, Map<String, String> metadata) {
    List<RedisCall<?>> calls;
    try {
      calls = new TransactionBody(writes, true).of(operations, grouped);
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    if (calls.isEmpty()) {
      return Future.succeededFuture();
    }
    return redis
        .transact(context, calls)
        .recover(
            failure ->
                isDiscarded(failure)
                    ? redis.transact(
                        context, new TransactionBody(writes, false).of(operations, grouped))
                    : Future.failedFuture(failure))
        .<Void>mapEmpty()
        .recover(RedisStateStore::failed);
  }

  /** Nothing was executed; it may have been for want of leave to call scripts by their names. */
  private static boolean isDiscarded(Throwable failure) {
    return String.valueOf(failure.getMessage()).startsWith("EXECABORT");
  }

  /**
   * Queries need an index, and {@code queryIndexes} are not created here: the answers are those for
   * want of one.
   */
  @Override
  public Future<QueryResult> query(
      CallContext context, Buffer query, Map<String, String> metadata) {
    String index = metadata.get("queryIndexName");
    String reason =
        !server.hasJson()
            ? "redis-json server support is required for query capability"
            : index == null
                ? "query index not found"
                : "query index schema " + GoText.quote(index) + " not found";
    return Future.failedFuture(new ComponentException.Failed(reason));
  }

  private static <T> Future<T> failed(Throwable failure) {
    return failed("", failure);
  }

  private static <T> Future<T> failed(String prefix, Throwable failure) {
    return Future.failedFuture(
        switch (failure) {
          case ComponentException known -> known;
          case RedisFailure reply when reply.isRefusal() ->
              new ComponentException.Overloaded(String.valueOf(reply.getMessage()));
          case RedisFailure reply when !reply.isAnswer() ->
              ComponentException.Failed.unanswered(prefix + reply.getMessage());
          default -> new ComponentException.Failed(prefix + failure.getMessage());
        });
  }

  @Override
  public Future<Void> close() {
    return lease.release();
  }
}
