package io.jitney.components.state.sqlite;

import static io.jitney.components.testing.TestNode.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.StateOptions;
import io.jitney.components.state.StateStore;
import io.jitney.components.state.StateStoreConformance;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteStateStoreIT extends StateStoreConformance {
  @Override
  protected Traits traits() {
    return new Traits(false, false, false, true, true);
  }

  @Override
  protected StateStore open(TestNode node, String tenant) {
    return open(Map.of("connectionString", "s.db"));
  }

  private StateStore open(Map<String, String> metadata) {
    return TestNode.get(
        SqliteStateStore.open(TestNode.spec("state.sqlite", metadata), node.opening()));
  }

  private List<String> sql(String statement) {
    return sql("s.db", statement);
  }

  private List<String> sql(String file, String statement) {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(file));
        Statement query = connection.createStatement()) {
      List<String> rows = new ArrayList<>();
      if (query.execute(statement)) {
        ResultSet row = query.getResultSet();
        while (row.next()) {
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.add(row.getString(i));
          }
          rows.add(String.join("|", columns.stream().map(String::valueOf).toList()));
        }
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void tablesAreDaprds() {
    assertThat(sql("select type, name, tbl_name from sqlite_master order by 1, 2"))
        .containsExactly(
            "index|sqlite_autoindex_metadata_1|metadata",
            "index|sqlite_autoindex_state_1|state",
            "table|metadata|metadata",
            "table|state|state");
    assertThat(
            sql(
                "select cid, name, type, \"notnull\", dflt_value, pk from pragma_table_info('state')"))
        .containsExactly(
            "0|key|TEXT|1|null|1",
            "1|value|TEXT|1|null|0",
            "2|is_binary|BOOLEAN|1|null|0",
            "3|etag|TEXT|1|null|0",
            "4|expiration_time|TIMESTAMP|0|NULL|0",
            "5|update_time|TIMESTAMP|1|CURRENT_TIMESTAMP|0");
    assertThat(sql("select key, value from metadata where key <> 'last-cleanup'"))
        .containsExactly("migrations|1");
    assertThat(sql("pragma journal_mode")).containsExactly("wal");
  }

  @Test
  void rowsAreDaprds() {
    set(first, put("a||o", "{\"b\": 1, \"a\": \"<\"}"));
    set(first, put("a||s", "\"text\""));
    set(first, putBytes("a||b", (byte) 0, (byte) 255, (byte) 16));
    set(first, putBytes("a||e"));
    set(first, put("a||t", "1", null, Map.of("ttlInSeconds", "1000"), StateOptions.NONE));
    assertThat(
            sql(
                "select key, value, is_binary, typeof(value), typeof(is_binary), length(etag), expiration_time is"
                    + " null, typeof(update_time), length(update_time) from state order by key"))
        .containsExactly(
            "a||b|AP8Q|1|text|integer|36|1|text|19",
            "a||e||1|text|integer|36|1|text|19",
            "a||o|{\"a\":\"\\u003c\",\"b\":1}|0|text|integer|36|1|text|19",
            "a||s|\"text\"|0|text|integer|36|1|text|19",
            "a||t|1|0|text|integer|36|0|text|19");
    assertThat(
            sql(
                "select round((julianday(expiration_time)-julianday(update_time))*86400) from state where key='a||t'"))
        .containsExactly("1000.0");
    set(first, put("a||t", "2"));
    assertThat(sql("select expiration_time is null from state where key='a||t'"))
        .containsExactly("1");
  }

  @Test
  void rowsOfOthersAreRead() {
    sql(
        "insert into state(key, value, is_binary, etag) values ('a||x', '{\"a\": 1 }', 0, 'tag-1')");
    sql("insert into state(key, value, is_binary, etag) values ('a||b', 'AP8=', 1, 'tag-2')");
    sql("insert into state(key, value, is_binary, etag) values ('a||bad', '***', 1, 'tag-4')");
    sql(
        "insert into state(key, value, is_binary, etag, expiration_time)"
            + " values ('a||old', '1', 0, 'tag-3', '2001-01-01 00:00:00')");
    assertThat(text(first, "a||x")).isEqualTo("{\"a\": 1 }");
    assertThat(etag(first, "a||x")).isEqualTo("tag-1");
    set(first, put("a||x", "2", "tag-1", Map.of(), StateOptions.NONE));
    assertMismatch(() -> set(first, put("a||x", "3", "tag-1", Map.of(), StateOptions.NONE)));
    assertThat(get(first, "a||b").data()).isEqualTo(Buffer.buffer(new byte[] {0, (byte) 255}));
    assertThat(text(first, "a||old")).isNull();
    assertMismatch(() -> set(first, put("a||old", "5", "tag-3", Map.of(), StateOptions.NONE)));
    set(first, put("a||old", "5", null, Map.of(), FIRST_WRITE));
    assertThat(text(first, "a||old")).isEqualTo("5");
    assertThatThrownBy(() -> get(first, "a||bad"))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessage("failed to decode binary data: illegal base64 data at input byte 0");
    List<BulkItem> items =
        node.await(() -> first.bulkGet(call(), List.of(read("a||bad"), read("a||x")), 0));
    assertThat(items)
        .extracting(BulkItem::error)
        .containsExactly("failed to decode binary data: illegal base64 data at input byte 0", null);
  }

  private static GetRequest read(String key) {
    return new GetRequest(key, "", Map.of());
  }

  @Test
  void bulkGetFillsUpRepeatedKeys() {
    set(first, put("a||a", "1"));
    set(first, put("a||c", "3"));
    assertThat(keys("a||none", "a||c", "a||a", "a||nope"))
        .containsExactly("a||a", "a||c", "a||none", "a||nope");
    assertThat(keys("a||a", "a||a")).containsExactly("a||a", "");
    String[] many = new String[1203];
    for (int i = 0; i < many.length; i++) {
      many[i] = "a||m" + i;
    }
    many[1200] = "a||c";
    assertThat(keys(many)).hasSize(1203).first().isEqualTo("a||c");
  }

  private List<String> keys(String... keys) {
    List<GetRequest> requests = new ArrayList<>();
    for (String key : keys) {
      requests.add(read(key));
    }
    return node.await(() -> first.bulkGet(call(), requests, 0)).stream()
        .map(BulkItem::key)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "abc, 'strconv.ParseInt: parsing \"abc\": invalid syntax'",
    "1.5, 'strconv.ParseInt: parsing \"1.5\": invalid syntax'",
    "-2, must be -1 or greater",
    "2147483648, must be -1 or greater"
  })
  void unusableTtls(String ttl, String problem) {
    assertThatThrownBy(
            () ->
                set(first, put("a||k", "1", null, Map.of("ttlInSeconds", ttl), StateOptions.NONE)))
        .hasMessage("error parsing TTL: incorrect value for metadata 'ttlInSeconds': " + problem);
  }

  @Test
  void equalDatabasesShareTheirThreads() {
    assertThat(node.pools().clientsByType()).containsEntry("sqlite", 1);
    StateStore absolute = open(Map.of("url", "file:" + folder.resolve("s.db")));
    assertThat(node.pools().clientsByType()).containsEntry("sqlite", 1);
    set(first, put("shared", "1"));
    assertThat(text(absolute, "shared")).isEqualTo("1");
    StateStore otherSettings = open(Map.of("connectionString", "s.db", "busyTimeout", "3s"));
    assertThat(node.pools().clientsByType()).containsEntry("sqlite", 2);
    assertThat(text(otherSettings, "shared")).isEqualTo("1");
    set(otherSettings, put("shared", "2"));
    assertThat(text(first, "shared")).isEqualTo("2");
    node.await(absolute::close);
    node.await(otherSettings::close);
    assertThat(node.pools().clientsByType()).containsEntry("sqlite", 1);
    assertThat(text(first, "shared")).isEqualTo("2");
  }

  @Test
  void memoryDatabasesAreNeverShared() {
    for (String name :
        List.of(":memory:", "file::memory:?cache=shared", "file:same?mode=memory&cache=shared")) {
      StateStore one = open(Map.of("connectionString", name));
      StateStore two = open(Map.of("connectionString", name));
      set(one, put("k", "1"));
      assertThat(text(one, "k")).isEqualTo("1");
      assertThat(text(two, "k")).isNull();
      transact(one, upsert("t", "1"), remove("k"));
      assertThat(text(one, "t")).isEqualTo("1");
      node.await(one::close);
      node.await(two::close);
    }
    assertThat(Files.exists(folder.resolve("same"))).isFalse();
  }

  @Test
  void otherTablesOfOneFile() {
    StateStore store =
        open(
            Map.of(
                "connectionString", "t.db", "tableName", "My_Table", "metadataTableName", "meta"));
    set(store, put("a||k", "1"));
    StateStore sameMetadata =
        open(Map.of("connectionString", "t.db", "tableName", "other", "metadataTableName", "meta"));
    set(sameMetadata, put("a||k", "2"));
    assertThat(sql("t.db", "select name from sqlite_master where type='table' order by 1"))
        .containsExactly("My_Table", "meta", "other");
    assertThat(text(store, "a||k")).isEqualTo("1");
    node.await(store::close);
    node.await(sameMetadata::close);
  }

  @Test
  void expiredRowsAreRemovedOnlyWhenAsked() {
    Map<String, String> metadata =
        new HashMap<>(Map.of("connectionString", "c.db", "cleanupInterval", "1s"));
    StateStore store = open(metadata);
    StateStore again = open(metadata);
    set(store, put("gone", "1", null, Map.of("ttlInSeconds", "1"), StateOptions.NONE));
    set(store, put("stays", "1", null, Map.of("ttlInSeconds", "1000"), StateOptions.NONE));
    set(first, put("a||kept", "1", null, Map.of("ttlInSeconds", "1"), StateOptions.NONE));
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() -> sql("c.db", "select key from state order by key").equals(List.of("stays")));
    assertThat(sql("c.db", "select count(*) from metadata where key='last-cleanup'"))
        .containsExactly("1");
    assertThat(sql("select key from state")).containsExactly("a||kept");
    node.await(store::close);
    node.await(again::close);
    assertThat(node.log).noneMatch(line -> line.startsWith("error"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', missing connection string",
    "file:s.db?_pragma=busy_timeout(1), found forbidden option '_pragma=busy_timeout' in the connection string",
    "file:s.db?_pragma=journal_mode(DELETE), found forbidden option '_pragma=journal_mode' in the connection string",
    "no/such/s.db, failed to ping: unable to open database file (14)",
    "file:s.db?_txlock=whatever, 'failed to ping: unknown _txlock \"whatever\"'"
  })
  void databasesThatCanNotBeOpened(String connectionString, String problem) {
    String expected = problem.replace("found forbidden option _", "found forbidden option '_");
    assertThatThrownBy(() -> open(Map.of("connectionString", connectionString)))
        .isInstanceOf(ComponentException.Failed.class)
        .satisfies(
            e ->
                assertThat(String.valueOf(e.getMessage()).replace("'", ""))
                    .isEqualTo(expected.replace("'", "")));
    assertThat(node.pools().clientsByType()).containsEntry("sqlite", 1);
  }

  @Test
  void settingsThatCanNotBeUsed() {
    assertThatThrownBy(() -> open(Map.of())).hasMessage("missing connection string");
    assertThatThrownBy(() -> open(Map.of("connectionString", "s.db", "tableName", "a;b")))
        .hasMessage("invalid identifier: a;b");
    assertThatThrownBy(() -> open(Map.of("connectionString", "s.db", "timeout", "soon")))
        .hasMessageContaining("error decoding 'timeout'");
    assertThatThrownBy(() -> open(Map.of("connectionString", "s.db", "timeout", "0")))
        .hasMessage("invalid value for 'timeout': must be greater than 1s");
  }

  @Test
  void aLockedFileFailsTheCallAndNothingElse() throws SQLException {
    StateStore store = open(Map.of("connectionString", "s.db", "busyTimeout", "100ms"));
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("s.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> set(store, put("a||k", "1")))
          .hasMessage("database is locked (5) (SQLITE_BUSY)");
      assertThat(text(store, "a||k")).as("readers do not wait for writers").isNull();
      Future<Void> late =
          node.await(() -> Future.succeededFuture(first.set(call(200), put("a||l", "1"))));
      assertThatThrownBy(() -> TestNode.get(late)).hasMessage("context deadline exceeded");
      statement.execute("ROLLBACK");
    }
    set(store, put("a||k", "2"));
    assertThat(text(first, "a||k")).isEqualTo("2");
    node.await(store::close);
  }

  @Test
  void theQueueIsBounded() throws SQLException {
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("s.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      List<Future<Void>> calls = new ArrayList<>();
      node.await(
          () -> {
            for (int i = 0; i < 1_100; i++) {
              calls.add(first.set(call(), put("a||k", "" + calls.size())));
            }
            return Future.succeededFuture();
          });
      assertThat(calls).filteredOn(Future::failed).isNotEmpty();
      assertThat(calls)
          .filteredOn(Future::failed)
          .allSatisfy(
              call -> assertThat(call.cause()).hasMessage("sqlite: too many calls are waiting"));
      statement.execute("ROLLBACK");
      for (Future<Void> call : calls) {
        if (!call.failed()) {
          TestNode.get(call);
        }
      }
    }
  }

  @Test
  void anUppercaseKeyIsAnotherKeyAndAnEmptyOneIsRefused() {
    set(first, put("a||K", "1"));
    assertThat(text(first, "a||k")).isNull();
    assertThatThrownBy(() -> set(first, put("", "1"))).hasMessage("missing key in set option");
    assertThatThrownBy(() -> get(first, "")).hasMessage("missing key in get operation");
    assertThatThrownBy(() -> delete(first, remove("", null)))
        .hasMessage("missing key in delete operation");
  }
}
