package io.jitney.components.state.sqlite;

import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads with a connection each and one bounded queue in front. A thread starts with
 * work, ends (and closes its connection) after ten idle seconds, so that an idle tenant holds
 * neither thread nor file handle.
 */
final class SqliteThreads extends ThreadPoolExecutor {
  private static final int IDLE_SECONDS = 10;
  private static final int QUEUE = 1024;

  private final SqliteSettings settings;
  private final AtomicInteger open;
  private final Runnable closed;

  /**
   * @param open counts open connections
   * @param closed told whenever a connection was closed
   * @param keepForever for a database that lives no longer than its connection
   */
  SqliteThreads(
      String name,
      int threads,
      boolean keepForever,
      SqliteSettings settings,
      AtomicInteger open,
      Runnable closed) {
    super(threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE));
    this.settings = settings;
    this.open = open;
    this.closed = closed;
    setThreadFactory(work -> new ConnectionThread(work, name));
    allowCoreThreadTimeOut(!keepForever);
  }

  /**
   * The connection of the calling thread, which must be one of these. Opened when first asked for.
   */
  static SqliteConnection connection() throws SQLException {
    return ((ConnectionThread) Thread.currentThread()).connection();
  }

  /** Closes the calling thread's connection; the next work opens a new one. */
  static void dropConnection() {
    ((ConnectionThread) Thread.currentThread()).drop();
  }

  private final class ConnectionThread extends Thread {
    private @Nullable SqliteConnection connection;

    ConnectionThread(Runnable work, String name) {
      super(work, name);
      setDaemon(true);
    }

    SqliteConnection connection() throws SQLException {
      SqliteConnection current = connection;
      if (current == null) {
        current = SqliteConnection.open(settings);
        connection = current;
        open.incrementAndGet();
      }
      return current;
    }

    void drop() {
      SqliteConnection current = connection;
      connection = null;
      if (current != null) {
        try {
          current.close();
        } catch (SQLException e) {
          // It is gone either way; SQLite recovers the file when it is opened next.
        }
        open.decrementAndGet();
      }
    }

    @Override
    public void run() {
      try {
        super.run();
      } finally {
        drop();
        closed.run();
      }
    }
  }
}
