package io.jitney.components.state.sqlite;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.sql.SQLException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A database shared by all openings with the same pool key. Work waits in bounded queues, has the
 * caller's deadline, and its future completes on the caller's context.
 */
final class SqliteDatabase implements SharedPools.Client {
  private static final int READERS = 2;

  /** Blocking work on one connection. */
  interface Work<T extends @Nullable Object> {
    T run(SqliteConnection connection) throws SQLException;
  }

  private final VertxInternal vertx;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final Promise<Void> closed = Promise.promise();
  private final SqliteThreads writer;
  private final SqliteThreads readers;

  SqliteDatabase(Vertx vertx, SqliteSettings settings) {
    this.vertx = (VertxInternal) vertx;
    boolean inMemory = settings.database().inMemory();
    writer =
        new SqliteThreads("sqlite-writer", 1, inMemory, settings, connections, this::checkClosed);
    // Without the write-ahead log readers and the writer lock each other out, so they may as well
    // queue.
    readers =
        settings.wal()
            ? new SqliteThreads(
                "sqlite-reader", READERS, false, settings, connections, this::checkClosed)
            : writer;
  }

  <T extends @Nullable Object> Future<T> read(CallContext context, Work<T> work) {
    return submit(readers, context.remainingMillis(), work);
  }

  <T extends @Nullable Object> Future<T> write(CallContext context, Work<T> work) {
    return submit(writer, context.remainingMillis(), work);
  }

  <T extends @Nullable Object> Future<T> write(long timeoutMillis, Work<T> work) {
    return submit(writer, timeoutMillis, work);
  }

  private <T extends @Nullable Object> Future<T> submit(
      SqliteThreads threads, long timeoutMillis, Work<T> work) {
    ContextInternal caller = vertx.getOrCreateContext();
    Promise<T> promise = caller.promise();
    long timer =
        vertx.setTimer(
            timeoutMillis,
            id -> promise.tryFail(new ComponentException.Failed("context deadline exceeded")));
    Future<T> future = promise.future();
    future.onComplete(done -> vertx.cancelTimer(timer));
    running.incrementAndGet();
    try {
      threads.execute(
          () -> {
            try {
              if (!future.isComplete()) {
                promise.tryComplete(work.run(SqliteThreads.connection()));
              }
            } catch (SQLException e) {
              if (breaksConnection(e)) {
                SqliteThreads.dropConnection();
              }
              promise.tryFail(new ComponentException.Failed(message(e)));
            } catch (RuntimeException e) {
              promise.tryFail(e);
            } finally {
              running.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException e) {
      running.decrementAndGet();
      promise.tryFail(
          new ComponentException.Failed(
              threads.isShutdown()
                  ? "sql: database is closed"
                  : "sqlite: too many calls are waiting"));
    }
    return future;
  }

  /** The error in the words of the SQLite driver that daprd uses. */
  static String message(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return String.valueOf(e.getMessage());
    }
    SQLiteErrorCode code = failure.getResultCode();
    String text = String.valueOf(e.getMessage());
    int detail = text.lastIndexOf('(');
    String plain =
        detail > 0 && text.endsWith(")")
            ? text.substring(detail + 1, text.length() - 1)
            : code.message;
    return plain
        + " ("
        + code.code
        + ")"
        + (code == SQLiteErrorCode.SQLITE_BUSY ? " (SQLITE_BUSY)" : "");
  }

  private static boolean breaksConnection(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return false;
    }
    int primary = failure.getResultCode().code & 0xff;
    return primary == SQLiteErrorCode.SQLITE_IOERR.code
        || primary == SQLiteErrorCode.SQLITE_READONLY.code
        || primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code
        || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code;
  }

  @Override
  public int connections() {
    return connections.get();
  }

  /** Lets the work in the queues finish, then ends the threads and closes the connections. */
  @Override
  public Future<Void> close() {
    writer.shutdown();
    readers.shutdown();
    checkClosed();
    return closed.future();
  }

  private void checkClosed() {
    if (writer.isShutdown()
        && readers.isShutdown()
        && connections.get() == 0
        && running.get() == 0) {
      closed.tryComplete();
    }
  }
}
