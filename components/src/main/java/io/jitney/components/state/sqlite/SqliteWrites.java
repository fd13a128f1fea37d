package io.jitney.components.state.sqlite;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.RequestChecks;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOperation;
import io.jitney.components.state.StoredJson;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows. {@link #prepare} may run anywhere and does not block; the write it returns runs on
 * the writer.
 */
final class SqliteWrites {
  private static final int MAX_TTL = Integer.MAX_VALUE;

  /** A checked operation, ready to be applied. */
  interface Write {
    void apply(SqliteConnection connection) throws SQLException;
  }

  private final String upsert;
  private final String insertNew;
  private final String update;
  private final String delete;
  private final String deleteEtag;

  SqliteWrites(String table) {
    String insert =
        " INTO "
            + table
            + " (key, value, is_binary, etag, update_time, expiration_time)"
            + " VALUES (?, ?, ?, ?, CURRENT_TIMESTAMP, DATETIME(CURRENT_TIMESTAMP, ?))";
    upsert = "INSERT OR REPLACE" + insert;
    insertNew =
        "INSERT"
            + insert
            + " ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary,"
            + " etag = excluded.etag, update_time = CURRENT_TIMESTAMP, expiration_time = excluded.expiration_time"
            + " WHERE expiration_time IS NOT NULL AND expiration_time <= CURRENT_TIMESTAMP";
    update =
        "UPDATE "
            + table
            + " SET value = ?, is_binary = ?, etag = ?, update_time = CURRENT_TIMESTAMP,"
            + " expiration_time = DATETIME(CURRENT_TIMESTAMP, ?) WHERE key = ? AND etag = ?"
            + " AND (expiration_time IS NULL OR expiration_time > CURRENT_TIMESTAMP)";
    delete = "DELETE FROM " + table + " WHERE key = ?";
    deleteEtag = delete + " AND etag = ?";
  }

  /** Checks everything that can be checked without the database. */
  Write prepare(StateOperation operation) {
    return switch (operation) {
      case StateOperation.Upsert(SetRequest request) -> prepareSet(request);
      case StateOperation.Delete(DeleteRequest request) -> prepareDelete(request);
    };
  }

  private Write prepareSet(SetRequest request) {
    RequestChecks.options(request.options());
    requireKey(request.key(), "missing key in set option");
    String lifetime = lifetime(request.metadata().get(RequestChecks.TTL));
    boolean binary = request.value() instanceof StateData.Bytes;
    String value =
        switch (request.value()) {
          case StateData.Json(var json) ->
              StoredJson.SORTED.encode(json).toString(StandardCharsets.UTF_8);
          case StateData.Stored(var json) -> json.toString(StandardCharsets.UTF_8);
          case StateData.Bytes(var bytes) -> Base64.getEncoder().encodeToString(bytes.getBytes());
        };
    String etag = request.etag();
    String newEtag = RequestChecks.randomEtag();
    if (etag != null && !etag.isEmpty()) {
      return connection -> {
        PreparedStatement statement = connection.statement(update);
        statement.setString(1, value);
        statement.setBoolean(2, binary);
        statement.setString(3, newEtag);
        statement.setString(4, lifetime);
        statement.setString(5, request.key());
        statement.setString(6, etag);
        requireRow(statement);
      };
    }
    String sql = request.options().firstWrite() ? insertNew : upsert;
    return connection -> {
      PreparedStatement statement = connection.statement(sql);
      statement.setString(1, request.key());
      statement.setString(2, value);
      statement.setBoolean(3, binary);
      statement.setString(4, newEtag);
      statement.setString(5, lifetime);
      requireRow(statement);
    };
  }

  private Write prepareDelete(DeleteRequest request) {
    RequestChecks.options(request.options());
    requireKey(request.key(), "missing key in delete operation");
    String etag = request.etag();
    if (etag == null || etag.isEmpty()) {
      return connection -> {
        PreparedStatement statement = connection.statement(delete);
        statement.setString(1, request.key());
        statement.executeUpdate();
      };
    }
    return connection -> {
      PreparedStatement statement = connection.statement(deleteEtag);
      statement.setString(1, request.key());
      statement.setString(2, etag);
      requireRow(statement);
    };
  }

  private static void requireRow(PreparedStatement statement) throws SQLException {
    if (statement.executeUpdate() == 0) {
      throw new ComponentException.EtagMismatch(null);
    }
  }

  private static void requireKey(String key, String message) {
    if (key.isEmpty()) {
      throw new ComponentException.Failed(message);
    }
  }

  /**
   * The modifier for {@code DATETIME}; null, which makes the time null, when the row does not
   * expire.
   */
  private static @Nullable String lifetime(@Nullable String ttl) {
    if (ttl == null || ttl.isEmpty()) {
      return null;
    }
    long seconds;
    try {
      seconds = GoText.parseInt(ttl);
    } catch (GoText.Unreadable e) {
      throw new ComponentException.Failed(
          "error parsing TTL: incorrect value for metadata 'ttlInSeconds': " + e.getMessage());
    }
    if (seconds < -1 || seconds > MAX_TTL) {
      throw new ComponentException.Failed(
          "error parsing TTL: incorrect value for metadata 'ttlInSeconds': must be -1 or greater");
    }
    return seconds <= 0 ? null : "+" + seconds + " seconds";
  }
}
