package io.jitney.components.state.sqlite;

import io.jitney.components.pool.SharedPools;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GatedCall;
import io.jitney.components.spi.NodeResources;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.sql.SQLException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A database shared by all openings with the same pool key. Work waits in bounded queues by flow,
 * each of which has its turn by what its work took of the threads before; it has the caller's
 * deadline, and its future completes on the caller's context.
 */
final class SqliteDatabase implements SharedPools.Client {
  private static final int READERS = 2;
  private static final int PER_FLOW = 1_024;
  private static final int TOTAL = 4_096;

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
  private final CallGate writes;
  private final CallGate reads;

  SqliteDatabase(NodeResources node, SqliteSettings settings) {
    vertx = (VertxInternal) node.vertx();
    boolean inMemory = settings.database().inMemory();
    writer =
        new SqliteThreads("sqlite-writer", 1, inMemory, settings, connections, this::checkClosed);
    writes = node.gates().open(CallGates.Settings.fixed("sqlite writer", 1, PER_FLOW, TOTAL));
    // Without the write-ahead log readers and the writer lock each other out, so they may as well
    // queue.
    if (settings.wal()) {
      readers =
          new SqliteThreads(
              "sqlite-reader", READERS, false, settings, connections, this::checkClosed);
      reads =
          node.gates().open(CallGates.Settings.fixed("sqlite readers", READERS, PER_FLOW, TOTAL));
    } else {
      readers = writer;
      reads = writes;
    }
  }

  <T extends @Nullable Object> Future<T> read(CallContext context, Work<T> work) {
    return submit(reads, readers, context, work);
  }

  <T extends @Nullable Object> Future<T> write(CallContext context, Work<T> work) {
    return submit(writes, writer, context, work);
  }

  private <T extends @Nullable Object> Future<T> submit(
      CallGate gate, SqliteThreads threads, CallContext context, Work<T> work) {
    ContextInternal caller = vertx.getOrCreateContext();
    Promise<T> promise = caller.promise();
    long timer =
        vertx.setTimer(context.remainingMillis(), id -> promise.tryFail(SqliteFailures.late()));
    Future<T> future = promise.future();
    future.onComplete(done -> vertx.cancelTimer(timer));
    running.incrementAndGet();
    gate.enter(context, 0, new Job<>(gate, threads, work, promise));
    return future;
  }

  /** Work that waits for its turn, then for a thread, and runs there. */
  private final class Job<T extends @Nullable Object> extends GatedCall {
    private final CallGate gate;
    private final SqliteThreads threads;
    private final Work<T> work;
    private final Promise<T> promise;

    Job(CallGate gate, SqliteThreads threads, Work<T> work, Promise<T> promise) {
      this.gate = gate;
      this.threads = threads;
      this.work = work;
      this.promise = promise;
    }

    @Override
    protected void start() {
      try {
        threads.execute(this::run);
      } catch (RejectedExecutionException e) {
        ended(0);
        promise.tryFail(
            threads.isShutdown() ? SqliteFailures.closed() : SqliteFailures.overloaded());
      }
    }

    @Override
    protected void refused(Refusal why) {
      running.decrementAndGet();
      promise.tryFail(
          switch (why) {
            case QUEUE_FULL -> SqliteFailures.overloaded();
            case DEADLINE -> SqliteFailures.late();
            case CLOSED -> SqliteFailures.closed();
          });
      checkClosed();
    }

    private void run() {
      long start = System.nanoTime();
      try {
        if (!promise.future().isComplete()) {
          promise.tryComplete(work.run(SqliteThreads.connection()));
        }
      } catch (SQLException e) {
        if (SqliteFailures.breakConnection(e)) {
          SqliteThreads.dropConnection();
        }
        promise.tryFail(new ComponentException.Failed(SqliteFailures.message(e)));
      } catch (RuntimeException e) {
        promise.tryFail(e);
      } finally {
        ended(System.nanoTime() - start);
      }
    }

    private void ended(long nanos) {
      running.decrementAndGet();
      gate.done(this, nanos, CallGate.Outcome.ANSWERED);
    }
  }

  @Override
  public int connections() {
    return connections.get();
  }

  /** Lets the work that has begun finish, then ends the threads and closes the connections. */
  @Override
  public Future<Void> close() {
    writes.close();
    reads.close();
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
