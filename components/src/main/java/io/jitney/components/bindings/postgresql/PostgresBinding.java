package io.jitney.components.bindings.postgresql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code bindings.postgresql}. Parameters are given to the server as literals of no type, so that
 * text becomes a time, a number or JSON as the statement needs it.
 */
public final class PostgresBinding implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("exec", "query", "close");
  private static final int MOST_WAITING = 1024;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final Pool pool;
  private final Duration timeout;
  private volatile boolean closed;

  private PostgresBinding(Pool pool, Duration timeout) {
    this.pool = pool;
    this.timeout = timeout;
  }

  /** The factory. Connects once, to see whether that works. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    PostgresSettings settings;
    try {
      settings = PostgresSettings.of(spec.metadata());
    } catch (ComponentException failure) {
      return Future.failedFuture(failure);
    }
    Pool pool =
        PgBuilder.pool()
            .using(opening.node().vertx())
            .connectingTo(settings.options())
            .with(
                new PoolOptions()
                    .setMaxSize(settings.connections())
                    .setMaxWaitQueueSize(MOST_WAITING)
                    .setIdleTimeout((int) Math.max(0, settings.maxIdle().toSeconds()))
                    .setIdleTimeoutUnit(TimeUnit.SECONDS)
                    .setConnectionTimeout((int) settings.timeout().toSeconds())
                    .setConnectionTimeoutUnit(TimeUnit.SECONDS))
            .build();
    return pool.query("SELECT 1")
        .execute()
        .timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .transform(
            pinged -> {
              if (pinged.failed()) {
                ComponentException failure =
                    new ComponentException.Failed("failed to ping the DB: " + text(pinged.cause()));
                return pool.close().transform(done -> Future.<OutputBinding>failedFuture(failure));
              }
              return Future.<OutputBinding>succeededFuture(
                  new PostgresBinding(pool, settings.timeout()));
            });
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    if (request.operation().equals("close")) {
      return close().map(done -> BindingResponse.NONE);
    }
    if (closed) {
      return failed("closed pool");
    }
    String sql = request.metadata().getOrDefault("sql", "");
    if (sql.isEmpty()) {
      return failed("required metadata not set: sql");
    }
    List<String> literals;
    try {
      literals = literals(request.metadata().getOrDefault("params", ""));
    } catch (ComponentException failure) {
      return Future.failedFuture(failure);
    }
    OffsetDateTime start = OffsetDateTime.now(ZoneOffset.UTC);
    long patience = Math.min(timeout.toMillis(), context.remainingMillis());
    Statement statement = new Statement(pool, sql, literals);
    return statement
        .run()
        .timeout(patience, TimeUnit.MILLISECONDS)
        .onFailure(
            failure -> {
              if (failure instanceof TimeoutException) {
                statement.cancel();
              }
            })
        .recover(failure -> failed("error executing query: " + text(failure)))
        .map(rows -> answer(request, sql, start, Objects.requireNonNull(rows)));
  }

  private static List<String> literals(String params) {
    if (params.isEmpty()) {
      return List.of();
    }
    JsonNode array;
    try {
      array = JSON.readTree(params);
    } catch (JsonProcessingException unreadable) {
      throw new ComponentException.Failed(
          "invalid metadata property params: failed to unserialize into an array: invalid JSON");
    }
    if (array.isNull()) {
      return List.of();
    }
    if (!array.isArray()) {
      throw new ComponentException.Failed(
          "invalid metadata property params: failed to unserialize into an array: json: cannot"
              + " unmarshal "
              + kind(array)
              + " into Go value of type []interface {}");
    }
    List<String> literals = new ArrayList<>();
    array.forEach(value -> literals.add(SqlLiterals.of(value)));
    return literals;
  }

  private static String kind(JsonNode value) {
    return value.isObject()
        ? "object"
        : value.isTextual() ? "string" : value.isNumber() ? "number" : "bool";
  }

  private static BindingResponse answer(
      BindingRequest request, String sql, OffsetDateTime start, RowSet<Row> rows) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("operation", request.operation());
    metadata.put("sql", sql);
    metadata.put("start-time", RowJson.time(start));
    OffsetDateTime end = OffsetDateTime.now(ZoneOffset.UTC);
    metadata.put("end-time", RowJson.time(end));
    metadata.put("duration", duration(Duration.between(start, end)));
    if (request.operation().equals("exec")) {
      metadata.put("rows-affected", Integer.toString(rows.rowCount()));
      return new BindingResponse(Buffer.buffer(), metadata);
    }
    return new BindingResponse(RowJson.write(rows), metadata);
  }

  /** As Go prints it: {@code 1.5ms}, {@code 2.000001s}. */
  private static String duration(Duration duration) {
    long nanos = Math.max(0, duration.toNanos());
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    String unit = nanos < 1_000_000 ? "\u00b5s" : nanos < 1_000_000_000 ? "ms" : "s";
    long scale = nanos < 1_000_000 ? 1_000 : nanos < 1_000_000_000 ? 1_000_000 : 1_000_000_000;
    return java.math.BigDecimal.valueOf(nanos)
            .divide(java.math.BigDecimal.valueOf(scale))
            .stripTrailingZeros()
            .toPlainString()
        + unit;
  }

  private static <T> Future<T> failed(String message) {
    return Future.failedFuture(new ComponentException.Failed(message));
  }

  /** As pgx words it. */
  private static String text(Throwable failure) {
    return switch (failure) {
      case PgException answer ->
          "%s: %s (SQLSTATE %s)"
              .formatted(answer.getSeverity(), answer.getErrorMessage(), answer.getSqlState());
      case TimeoutException late -> "context deadline exceeded";
      default -> {
        String message = failure.getMessage();
        yield message == null ? failure.getClass().getSimpleName() : message;
      }
    };
  }

  /** A second time does nothing. */
  @Override
  public Future<Void> close() {
    closed = true;
    return pool.close();
  }
}
