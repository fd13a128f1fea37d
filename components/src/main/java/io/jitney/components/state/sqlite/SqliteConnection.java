package io.jitney.components.state.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.JDBC;

/** One connection and its prepared statements. Belongs to one thread, and blocks it. */
final class SqliteConnection implements AutoCloseable {
  private static final int MAX_STATEMENTS = 64;

  private final Connection connection;
  private final String begin;
  private final LinkedHashMap<String, PreparedStatement> statements =
      new LinkedHashMap<>(16, 0.75f, true);

  private SqliteConnection(Connection connection, String begin) {
    this.connection = connection;
    this.begin = begin;
  }

  static SqliteConnection open(SqliteSettings settings) throws SQLException {
    DatabaseUri database = settings.database();
    Properties properties = new Properties();
    properties.setProperty(
        "busy_timeout", Long.toString(Math.max(0, settings.busyTimeout().toMillis())));
    Connection connection = JDBC.createConnection(JDBC.PREFIX + database.uri(), properties);
    try (Statement statement = connection.createStatement()) {
      if (database.inMemory()) {
        statement.execute("PRAGMA journal_mode = MEMORY");
      } else if (!database.readOnly()) {
        statement.execute("PRAGMA journal_mode = " + (settings.wal() ? "WAL" : "DELETE"));
      }
      for (String pragma : database.pragmas()) {
        statement.execute("PRAGMA " + pragma);
      }
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new SqliteConnection(connection, "BEGIN " + database.beginMode());
  }

  /** The prepared statement for a text; parameters of its last use are still set. */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
      if (statements.size() > MAX_STATEMENTS) {
        Map.Entry<String, PreparedStatement> eldest = statements.pollFirstEntry();
        eldest.getValue().close();
      }
    }
    return statement;
  }

  /** What a transaction does. */
  interface Body {
    void run() throws SQLException;
  }

  /** Runs the body in one transaction: all of it, or nothing. */
  void transaction(Body body) throws SQLException {
    statement(begin).execute();
    boolean committed = false;
    try {
      body.run();
      statement("COMMIT").execute();
      committed = true;
    } finally {
      if (!committed) {
        rollBack();
      }
    }
  }

  private void rollBack() {
    try {
      statement("ROLLBACK").execute();
    } catch (SQLException e) {
      // SQLite ended the transaction itself; what it failed of is already on its way to the caller.
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : statements.values()) {
      statement.close();
    }
    connection.close();
  }
}
