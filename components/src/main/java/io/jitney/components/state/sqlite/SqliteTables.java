package io.jitney.components.state.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The tables as daprd creates them, and the removal of expired rows. Blocks: runs on the writer's
 * thread.
 */
final class SqliteTables {
  private final SqliteSettings settings;

  SqliteTables(SqliteSettings settings) {
    this.settings = settings;
  }

  /**
   * Makes sure that the tables exist and records the migration level. The state table is looked for
   * by name, not by the level alone: two components with one metadata table and two state tables
   * are both served.
   */
  void ensure(SqliteConnection connection) throws SQLException {
    if (exists(connection, settings.table()) && exists(connection, settings.metadataTable())) {
      return;
    }
    connection.transaction(
        () -> {
          run(
              connection,
              "CREATE TABLE IF NOT EXISTS "
                  + settings.metadataTable()
                  + " (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)");
          run(
              connection,
              "CREATE TABLE IF NOT EXISTS "
                  + settings.table()
                  + " (key TEXT NOT NULL PRIMARY KEY,"
                  + " value TEXT NOT NULL,"
                  + " is_binary BOOLEAN NOT NULL,"
                  + " etag TEXT NOT NULL,"
                  + " expiration_time TIMESTAMP DEFAULT NULL,"
                  + " update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)");
          run(
              connection,
              "INSERT OR IGNORE INTO "
                  + settings.metadataTable()
                  + " (key, value) VALUES ('migrations', '1')");
        });
  }

  private static boolean exists(SqliteConnection connection, String table) throws SQLException {
    PreparedStatement statement =
        connection.statement(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE");
    statement.setString(1, table);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next();
    }
  }

  /**
   * Removes expired rows unless somebody, in this process or another, did so within the interval.
   */
  void cleanUp(SqliteConnection connection) throws SQLException {
    PreparedStatement claim =
        connection.statement(
            "INSERT INTO "
                + settings.metadataTable()
                + " (key, value) VALUES ('last-cleanup', CURRENT_TIMESTAMP) ON CONFLICT (key)"
                + " DO UPDATE SET value = CURRENT_TIMESTAMP"
                + " WHERE (strftime('%s', CURRENT_TIMESTAMP) - strftime('%s', value)) * 1000 >= ?");
    // Whole seconds are stored: a little less than the interval, or every second turn would be
    // missed.
    claim.setLong(1, Math.max(0, settings.cleanupInterval().toMillis() - 1_000));
    if (claim.executeUpdate() > 0) {
      run(
          connection,
          "DELETE FROM "
              + settings.table()
              + " WHERE expiration_time IS NOT NULL AND expiration_time < CURRENT_TIMESTAMP");
    }
  }

  private static void run(SqliteConnection connection, String sql) throws SQLException {
    connection.statement(sql).executeUpdate();
  }
}
