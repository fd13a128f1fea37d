package io.jitney.components.bindings.postgresql;

import static io.jitney.components.bindings.BindingCalls.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.bindings.BindingCalls;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.CallContext;
import io.jitney.components.testing.PostgresServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PostgresBindingIT {
  @RegisterExtension static final PostgresServer SERVER = new PostgresServer();

  @TempDir Path folder;
  private TestNode node;
  private OutputBinding one;
  private OutputBinding other;

  @BeforeEach
  void open() {
    node = new TestNode(folder);
    one =
        open(
            "host=127.0.0.1 port=%d user=%s password=%s dbname=postgres sslmode=disable pool_max_conns=3"
                .formatted(SERVER.port(), PostgresServer.USER, PostgresServer.PASSWORD));
    other =
        open(
            "postgres://%s:%s@127.0.0.1:%d/postgres?sslmode=prefer&application_name=test"
                .formatted(PostgresServer.USER, PostgresServer.PASSWORD, SERVER.port()));
    exec("DROP TABLE IF EXISTS t");
    exec(
        "CREATE TABLE t (id int, name text, at timestamptz, doc jsonb, price numeric, ok boolean,"
            + " tags text[], raw bytea, ref uuid, day date)");
  }

  private OutputBinding open(String connection) {
    return BindingCalls.open(
        node, PostgresBinding::open, "bindings.postgresql", Map.of("connectionString", connection));
  }

  @AfterEach
  void close() {
    BindingCalls.await(one.close());
    BindingCalls.await(other.close());
    node.close();
  }

  private BindingResponse exec(String sql) {
    return call(one, "exec", "", Map.of("sql", sql));
  }

  private BindingResponse exec(String sql, String params) {
    return call(one, "exec", "", Map.of("sql", sql, "params", params));
  }

  private String query(String sql, String params) {
    return String.valueOf(call(one, "query", "", Map.of("sql", sql, "params", params)).data());
  }

  private String query(String sql) {
    return query(sql, "");
  }

  @Test
  void parametersTakeTheTypesOfTheStatement() {
    BindingResponse written =
        exec(
            "INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            """
            [1, "it's", "2026-01-02T03:04:05.5Z", {"a": "x'y"}, 1.50, true, ["p", "q\\"r"], "\\\\x00ff",
             "6f1c8f4e-0000-4000-8000-0000000000ff", "2026-02-03"]
            """);

    assertThat(written.metadata())
        .containsEntry("rows-affected", "1")
        .containsEntry("operation", "exec")
        .containsKeys("sql", "start-time", "end-time", "duration");
    assertThat(query("SELECT id, name, at AT TIME ZONE 'UTC', doc, price, ok, tags, raw FROM t"))
        .isEqualTo(
            "[[1,\"it's\",\"2026-01-02T03:04:05.5Z\",{\"a\":\"x'y\"},1.5,true,[\"p\",\"q\\\"r\"],\"AP8=\"]]");
    assertThat(query("SELECT ref, day FROM t WHERE id = $1 AND name = $2", "[1, \"it's\"]"))
        .isEqualTo("[[[111,28,143,78,0,0,64,0,128,0,0,0,0,0,0,255],\"2026-02-03T00:00:00Z\"]]");
  }

  @Test
  void parametersCanNotBecomeStatements() {
    exec("INSERT INTO t (id, name) VALUES ($1, $2)", "[1, \"'); DROP TABLE t; --\"]");
    exec("INSERT INTO t (id, name) VALUES ($1, $2)", "[2, \"\\\\'); DROP TABLE t; --\"]");

    assertThat(query("SELECT name FROM t ORDER BY id"))
        .isEqualTo("[[\"'); DROP TABLE t; --\"],[\"\\\\'); DROP TABLE t; --\"]]");
    assertThatThrownBy(() -> exec("INSERT INTO t (id) VALUES ($1); DELETE FROM t", "[3]"))
        .hasMessageContaining("cannot insert multiple commands");
    assertThat(query("SELECT count(*) FROM t")).isEqualTo("[[2]]");
  }

  @Test
  void nothingFoundIsAnEmptyList() {
    assertThat(query("SELECT 1 WHERE false")).isEqualTo("[]");
    assertThat(query("SELECT null::int, 'a'::text, 1.25::float8, 2::float8"))
        .isEqualTo("[[null,\"a\",1.25,2]]");
  }

  @Test
  void errors() {
    assertThatThrownBy(() -> call(one, "exec", "", Map.of()))
        .hasMessage("required metadata not set: sql");
    assertThatThrownBy(() -> exec("SELECT * FROM nowhere"))
        .hasMessage(
            "error executing query: ERROR: relation \"nowhere\" does not exist (SQLSTATE 42P01)");
    assertThatThrownBy(() -> exec("SELECT $1", "{}")).hasMessageContaining("failed to unserialize");
    assertThatThrownBy(() -> open("host=127.0.0.1 port=1 user=x password=hidden dbname=x"))
        .hasMessageStartingWith("failed to ping the DB: ")
        .hasMessageNotContaining("hidden");
    assertThat(query("SELECT 7")).isEqualTo("[[7]]");
  }

  @Test
  void whatTakesTooLongKeepsNoConnection() {
    OutputBinding impatient =
        open(
            "host=127.0.0.1 port=%d user=%s password=%s dbname=postgres sslmode=disable pool_max_conns=2"
                .formatted(SERVER.port(), PostgresServer.USER, PostgresServer.PASSWORD));
    List<Future<BindingResponse>> hanging = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      CallContext context =
          new CallContext(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500), null);
      Map<String, String> sleeping = Map.of("sql", "SELECT pg_sleep(60)", "params", "[]");
      hanging.add(
          impatient.invoke(context, new BindingRequest("query", Buffer.buffer(), sleeping)));
    }
    for (Future<BindingResponse> one : hanging) {
      assertThatThrownBy(() -> BindingCalls.await(one))
          .hasMessageContaining("error executing query: context deadline exceeded");
    }

    assertThat(String.valueOf(call(impatient, "query", "", Map.of("sql", "SELECT 1")).data()))
        .isEqualTo("[[1]]");
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        query(
                            "SELECT 1 FROM pg_stat_activity"
                                + " WHERE query LIKE '%pg_sleep(60)%' AND state = 'active'"
                                + " AND pid <> pg_backend_pid()"))
                    .isEqualTo("[]"));
    BindingCalls.await(impatient.close());
  }

  @Test
  void closingConcernsTheCallersBindingAlone() {
    assertThat(call(one, "close", "", Map.of()).data()).isNull();

    assertThatThrownBy(() -> query("SELECT 1")).hasMessage("closed pool");
    assertThat(String.valueOf(call(other, "query", "", Map.of("sql", "SELECT 1")).data()))
        .isEqualTo("[[1]]");
  }
}
