package io.jitney.components.bindings.postgresql;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.data.Interval;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.data.Numeric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows as arrays of JSON arrays, values as Go writes what pgx reads: a UUID is sixteen numbers,
 * bytes are base64, a date is the moment it begins.
 */
final class RowJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final DateTimeFormatter RFC3339_NANO =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendOffset("+HH:MM", "Z")
          .toFormatter(Locale.ROOT);

  private RowJson() {}

  static Buffer write(RowSet<Row> rows) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartArray();
      for (Row row : rows) {
        json.writeStartArray();
        for (int column = 0; column < row.size(); column++) {
          value(json, row.getValue(column));
        }
        json.writeEndArray();
      }
      json.writeEndArray();
    } catch (IOException impossible) {
      throw new IllegalStateException("error serializing results: " + impossible.getMessage());
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  static String time(OffsetDateTime time) {
    return RFC3339_NANO.format(time);
  }

  private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean bool -> json.writeBoolean(bool);
      case Short number -> json.writeNumber(number);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Float number -> floating(json, number, Float.toString(number));
      case Double number -> floating(json, number, Double.toString(number));
      case Numeric number -> {
        if (number.isNaN()) {
          json.writeString("NaN");
        } else {
          json.writeNumber(number.bigDecimalValue());
        }
      }
      case Buffer bytes -> json.writeString(Base64.getEncoder().encodeToString(bytes.getBytes()));
      case UUID uuid -> uuid(json, uuid);
      case OffsetDateTime time -> json.writeString(time(time));
      case LocalDateTime time -> json.writeString(time(time.atOffset(ZoneOffset.UTC)));
      case LocalDate day -> json.writeString(time(day.atStartOfDay().atOffset(ZoneOffset.UTC)));
      case LocalTime time -> {
        json.writeStartObject();
        json.writeNumberField("Microseconds", time.toNanoOfDay() / 1000);
        json.writeBooleanField("Valid", true);
        json.writeEndObject();
      }
      case Interval interval -> interval(json, interval);
      case JsonObject object -> json.writeRawValue(object.encode());
      case JsonArray array -> json.writeRawValue(array.encode());
      case Object[] elements -> {
        json.writeStartArray();
        for (Object element : elements) {
          value(json, element);
        }
        json.writeEndArray();
      }
      default -> other(json, value);
    }
  }

  private static void other(JsonGenerator json, Object value) throws IOException {
    if (value == io.vertx.sqlclient.Tuple.JSON_NULL) {
      json.writeNull();
    } else {
      json.writeString(value.toString());
    }
  }

  private static void floating(JsonGenerator json, double value, String text) throws IOException {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IOException("json: unsupported value: " + text);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      json.writeNumber((long) value);
    } else {
      json.writeNumber(text);
    }
  }

  private static void uuid(JsonGenerator json, UUID uuid) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits());
    json.writeStartArray();
    for (byte b : bytes.array()) {
      json.writeNumber(b & 0xff);
    }
    json.writeEndArray();
  }

  private static void interval(JsonGenerator json, Interval interval) throws IOException {
    long seconds =
        interval.getHours() * 3600L + interval.getMinutes() * 60L + interval.getSeconds();
    json.writeStartObject();
    json.writeNumberField("Microseconds", seconds * 1_000_000 + interval.getMicroseconds());
    json.writeNumberField("Days", interval.getDays());
    json.writeNumberField("Months", interval.getYears() * 12 + interval.getMonths());
    json.writeBooleanField("Valid", true);
    json.writeEndObject();
  }
}
