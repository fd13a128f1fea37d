package io.jitney.components.state.sqlite;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
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
import org.jspecify.annotations.Nullable;

/** {@code state.sqlite} and {@code state.sqlite3}: one table of a shared {@link SqliteDatabase}. */
public final class SqliteStateStore implements StateStore.Transactional {
  private static final Set<StateFeature> FEATURES =
      StateFeature.set(
          StateFeature.ETAG, StateFeature.TRANSACTIONAL, StateFeature.TTL, StateFeature.KEYS_LIKE);
  private static final long SHORTEST_INTERVAL_MILLIS = 100;

  private final Vertx vertx;
  private final SharedPools.Lease<SqliteDatabase> lease;
  private final SqliteRows rows;
  private final SqliteWrites writes;
  private final long timeoutMillis;
  private final String place;
  private @Nullable Long cleanupTimer;

  private SqliteStateStore(
      Vertx vertx, SharedPools.Lease<SqliteDatabase> lease, SqliteSettings settings, String place) {
    this.vertx = vertx;
    this.place = place;
    this.lease = lease;
    rows = new SqliteRows(settings.table());
    writes = new SqliteWrites(settings.table());
    timeoutMillis = settings.timeout().toMillis();
  }

  /** The factory. Relative paths belong to the app instance's working directory. */
  public static Future<StateStore> open(ComponentSpec spec, ComponentOpening opening) {
    SqliteSettings settings;
    try {
      settings = SqliteSettings.parse(spec.metadata(), opening.workingDirectory());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    Vertx vertx = opening.node().vertx();
    SharedPools.Lease<SqliteDatabase> lease =
        opening
            .node()
            .pools()
            .borrow(
                settings.poolKey(),
                SqliteDatabase.class,
                () -> new SqliteDatabase(opening.node(), settings));
    SqliteTables tables = new SqliteTables(settings);
    return lease
        .client()
        .<String>write(
            own(settings.timeout().toMillis()),
            connection -> {
              tables.ensure(connection);
              return settings.place();
            })
        .transform(
            ready -> {
              if (ready.failed()) {
                ComponentException failure =
                    new ComponentException.Failed("failed to ping: " + ready.cause().getMessage());
                return lease
                    .release()
                    .transform(released -> Future.<StateStore>failedFuture(failure));
              }
              SqliteStateStore store = new SqliteStateStore(vertx, lease, settings, ready.result());
              store.scheduleCleanup(tables, settings, opening);
              return Future.<StateStore>succeededFuture(store);
            });
  }

  private void scheduleCleanup(
      SqliteTables tables, SqliteSettings settings, ComponentOpening opening) {
    long interval = settings.cleanupInterval().toMillis();
    if (interval <= 0) {
      return;
    }
    opening.log().info("Schedule expired data clean up every " + interval / 1000.0 + "s");
    cleanupTimer =
        vertx.setPeriodic(
            Math.max(interval, SHORTEST_INTERVAL_MILLIS),
            id ->
                lease
                    .client()
                    .<@Nullable Void>write(
                        own(timeoutMillis),
                        connection -> {
                          connection.transaction(() -> tables.cleanUp(connection));
                          return null;
                        })
                    .onFailure(
                        e ->
                            opening.log().error("Error removing expired data: " + e.getMessage())));
  }

  /** Set-up and cleaning are on nobody's account. */
  private static CallContext own(long millis) {
    return new CallContext(System.nanoTime() + millis * 1_000_000, null);
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
  public String place() {
    return place;
  }

  @Override
  public Future<StateItem> get(CallContext context, GetRequest request) {
    if (request.key().isEmpty()) {
      return Future.failedFuture(new ComponentException.Failed("missing key in get operation"));
    }
    return lease.client().read(within(context), connection -> rows.get(connection, request.key()));
  }

  @Override
  public Future<List<BulkItem>> bulkGet(
      CallContext context, List<GetRequest> requests, int parallelism) {
    if (requests.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return lease.client().read(within(context), connection -> rows.bulkGet(connection, requests));
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
    List<SqliteWrites.Write> prepared = new ArrayList<>(operations.size());
    try {
      for (StateOperation operation : operations) {
        prepared.add(writes.prepare(operation));
      }
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    if (prepared.isEmpty()) {
      return Future.succeededFuture();
    }
    return lease
        .client()
        .<@Nullable Void>write(
            within(context),
            connection -> {
              if (prepared.size() == 1) {
                prepared.getFirst().apply(connection);
              } else {
                connection.transaction(
                    () -> {
                      for (SqliteWrites.Write write : prepared) {
                        write.apply(connection);
                      }
                    });
              }
              return null;
            })
        .mapEmpty();
  }

  private CallContext within(CallContext context) {
    long latest = System.nanoTime() + timeoutMillis * 1_000_000;
    return latest - context.deadlineNanos() < 0 ? context.until(latest) : context;
  }

  @Override
  public Future<Void> close() {
    if (cleanupTimer != null) {
      vertx.cancelTimer(cleanupTimer);
    }
    return lease.release();
  }
}
