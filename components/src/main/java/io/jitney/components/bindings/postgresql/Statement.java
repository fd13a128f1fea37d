package io.jitney.components.bindings.postgresql;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One statement on its way. Who does not wait for it any longer has the server end it: otherwise a
 * few that hang would keep all connections.
 *
 * <p>Threads: any.
 */
final class Statement {
  private static final String NAME = "jitney_call";
  private static final long CANCEL_SECONDS = 5;

  private final Pool pool;
  private final String sql;
  private final List<String> literals;

  // Guarded by this.
  private @Nullable PgConnection running;
  private boolean cancelled;
  private Future<Void> cancelling = Future.succeededFuture();

  /**
   * @param literals of its parameters, of no type
   */
  Statement(Pool pool, String sql, List<String> literals) {
    this.pool = pool;
    this.sql = sql;
    this.literals = literals;
  }

  Future<@Nullable RowSet<Row>> run() {
    return pool.withConnection(
        connection ->
            begins(connection)
                ? execute(connection).eventually(this::ended)
                : Future.failedFuture("canceled before it began"));
  }

  private synchronized boolean begins(SqlConnection connection) {
    running = PgConnection.cast(connection);
    return !cancelled;
  }

  /** The connection is given back when a cancellation can not meet another statement any more. */
  private synchronized Future<Void> ended() {
    running = null;
    return cancelling;
  }

  void cancel() {
    PgConnection on;
    Promise<Void> sent = Promise.promise();
    synchronized (this) {
      cancelled = true;
      on = running;
      if (on == null) {
        return;
      }
      cancelling = sent.future();
    }
    on.cancelRequest().timeout(CANCEL_SECONDS, TimeUnit.SECONDS).otherwiseEmpty().onComplete(sent);
  }

  /**
   * With parameters the server prepares the statement and finds out their types. The text goes by
   * the extended protocol, which takes one statement only.
   */
  private Future<RowSet<Row>> execute(SqlConnection connection) {
    if (literals.isEmpty()) {
      return connection.preparedQuery(sql).execute();
    }
    return connection
        .preparedQuery("PREPARE " + NAME + " AS " + sql)
        .execute()
        .compose(
            prepared ->
                connection
                    .query("EXECUTE " + NAME + " (" + String.join(", ", literals) + ")")
                    .execute()
                    .eventually(
                        () ->
                            connection
                                .query("DEALLOCATE " + NAME)
                                .execute()
                                .onFailure(broken -> connection.close())));
  }
}
