package io.jitney.components.state.sqlite;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.StateItem;
import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rows. Blocks: runs on a reader's thread. */
final class SqliteRows {
  /** SQLite takes 32,766 parameters; a statement of this size is prepared once and used again. */
  private static final int KEYS_PER_QUERY = 500;

  private static final String LIVE =
      "(expiration_time IS NULL OR expiration_time > CURRENT_TIMESTAMP)";

  private final String table;
  private final String byKey;

  SqliteRows(String table) {
    this.table = table;
    byKey = select("key = ?");
  }

  private String select(String keys) {
    return "SELECT key, value, is_binary, etag, expiration_time FROM "
        + table
        + " WHERE "
        + keys
        + " AND "
        + LIVE;
  }

  StateItem get(SqliteConnection connection, String key) throws SQLException {
    PreparedStatement statement = connection.statement(byKey);
    statement.setString(1, key);
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? item(row) : StateItem.absent();
    }
  }

  /**
   * The found rows first, then the absent keys. A key asked for twice is found once, and the answer
   * is filled up with nameless items, as daprd's is.
   */
  List<BulkItem> bulkGet(SqliteConnection connection, List<GetRequest> requests)
      throws SQLException {
    List<BulkItem> items = new ArrayList<>(requests.size());
    Set<String> found = new HashSet<>();
    for (int from = 0; from < requests.size(); from += KEYS_PER_QUERY) {
      List<GetRequest> some =
          requests.subList(from, Math.min(from + KEYS_PER_QUERY, requests.size()));
      PreparedStatement statement =
          connection.statement(select("key IN (?" + ", ?".repeat(some.size() - 1) + ")"));
      for (int i = 0; i < some.size(); i++) {
        statement.setString(i + 1, some.get(i).key());
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String key = row.getString(1);
          if (found.add(key)) {
            items.add(bulkItem(key, row));
          }
        }
      }
    }
    for (GetRequest request : requests) {
      if (!found.contains(request.key()) && items.size() < requests.size()) {
        items.add(new BulkItem(request.key(), StateItem.absent(), null));
      }
    }
    while (items.size() < requests.size()) {
      items.add(new BulkItem("", StateItem.absent(), null));
    }
    return items;
  }

  private static BulkItem bulkItem(String key, ResultSet row) throws SQLException {
    try {
      return new BulkItem(key, item(row), null);
    } catch (ComponentException e) {
      return new BulkItem(key, StateItem.absent(), e.getMessage());
    }
  }

  private static StateItem item(ResultSet row) throws SQLException {
    byte[] value = row.getBytes(2);
    if (value == null) {
      value = new byte[0]; // an empty text
    }
    if (row.getInt(3) != 0) {
      value = decode(value);
    }
    String expiry = row.getString(5);
    return new StateItem(
        BufferInternal.buffer(Unpooled.wrappedBuffer(value)),
        row.getString(4),
        expiryMetadata(expiry));
  }

  private static byte[] decode(byte[] base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ComponentException.Failed(
          "failed to decode binary data: illegal base64 data at input byte "
              + firstIllegal(base64));
    }
  }

  private static int firstIllegal(byte[] base64) {
    for (int i = 0; i < base64.length; i++) {
      int c = base64[i];
      boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letter && (c < '0' || c > '9') && c != '+' && c != '/' && c != '=') {
        return i;
      }
    }
    return base64.length;
  }

  /** {@code 2026-11-01 10:00:00} in the row is UTC; Dapr answers {@code 2026-11-01T10:00:00Z}. */
  private static Map<String, String> expiryMetadata(@Nullable String expiry) {
    if (expiry == null || expiry.length() < 19) {
      return Map.of();
    }
    return Map.of("ttlExpireTime", expiry.substring(0, 10) + "T" + expiry.substring(11, 19) + "Z");
  }
}
