package io.jitney.components.state.sqlite;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Decoded metadata of {@code state.sqlite}.
 *
 * @param database what is opened
 * @param timeout the longest a call may take
 * @param busyTimeout how long SQLite waits for a lock another process holds
 * @param wal write-ahead log; readers then do not wait for the writer
 * @param table name of the state table
 * @param metadataTable name of the table with migration level and time of the last cleanup
 * @param cleanupInterval zero: expired rows stay
 */
record SqliteSettings(
    DatabaseUri database,
    Duration timeout,
    Duration busyTimeout,
    boolean wal,
    String table,
    String metadataTable,
    Duration cleanupInterval) {

  static SqliteSettings parse(Metadata properties, Path workingDirectory) {
    LenientMetadata metadata = new LenientMetadata(properties);
    String connectionString = metadata.text("connectionString", "url");
    Duration timeout = metadata.duration("timeout", Duration.ofSeconds(20), "timeoutInSeconds");
    Duration busyTimeout = metadata.duration("busyTimeout", Duration.ofSeconds(2));
    Duration cleanup =
        metadata.duration("cleanupInterval", Duration.ZERO, "cleanupIntervalInSeconds");
    if (connectionString == null || connectionString.isEmpty()) {
      throw new ComponentException.Failed("missing connection string");
    }
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new ComponentException.Failed("invalid value for 'timeout': must be greater than 1s");
    }
    String table = identifier(metadata.text("tableName"), "state");
    String metadataTable = identifier(metadata.text("metadataTableName"), "metadata");
    DatabaseUri database = DatabaseUri.parse(connectionString, workingDirectory);
    boolean wal = !metadata.truthy("disableWAL") && !database.readOnly() && !database.inMemory();
    return new SqliteSettings(database, timeout, busyTimeout, wal, table, metadataTable, cleanup);
  }

  private static String identifier(
      @org.jspecify.annotations.Nullable String name, String otherwise) {
    if (name == null) {
      return otherwise;
    }
    boolean valid = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      valid &=
          c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    if (!valid) {
      throw new ComponentException.Failed("invalid identifier: " + name);
    }
    return name;
  }

  /**
   * File and table, by whatever path the file is opened; empty for an in-memory database. Blocks:
   * asks the file system for the file, which is to exist.
   */
  String place() {
    if (database.inMemory()) {
      return "";
    }
    String uri = database.uri();
    int query = uri.indexOf('?');
    String path = uri.substring("file:".length(), query < 0 ? uri.length() : query);
    try {
      path = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
      path = Path.of(path).toRealPath().toString();
    } catch (IOException | IllegalArgumentException unusual) {
      // As it is written, then.
    }
    return "sqlite " + path + " " + table.toLowerCase(Locale.ROOT);
  }

  /**
   * Openings with equal keys share threads and connections. An in-memory database is never shared.
   */
  PoolKey poolKey() {
    return new PoolKey(
        "sqlite",
        Map.of(
            "database", database.inMemory() ? "memory " + UUID.randomUUID() : database.uri(),
            "begin", database.beginMode(),
            "pragmas", String.join(";", database.pragmas()),
            "busyTimeout", Long.toString(busyTimeout.toMillis()),
            "wal", Boolean.toString(wal)));
  }
}
