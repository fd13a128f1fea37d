package io.jitney.daemon.subscription;

import io.jitney.daemon.telemetry.Trace;
import io.jitney.daemon.telemetry.Tracing;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as the CloudEvent that it is, or is wrapped in.
 *
 * @param topic without the prefix of the component
 * @param metadata of the message, {@code pubsubName} included; unmodifiable
 * @param attributes of the CloudEvent, values as in JSON; only those that every delivery looks at
 *     unless the reader was asked for all
 * @param body what an HTTP app gets
 */
record Event(
    String topic,
    Map<String, String> metadata,
    Map<String, @Nullable Object> attributes,
    Buffer body) {
  static final String TRACE_ID = "traceid";
  static final String TRACE_PARENT = "traceparent";
  static final String TRACE_STATE = "tracestate";
  static final String EXPIRATION = "expiration";

  /** The text of an attribute; "" when it is absent or no text. */
  String text(String attribute) {
    return attributes.get(attribute) instanceof String text ? text : "";
  }

  /** Whether its time is over. What is no RFC 3339 time never comes. */
  boolean expired(Instant now) {
    if (!(attributes.get(EXPIRATION) instanceof String text) || text.isEmpty()) {
      return false;
    }
    try {
      return OffsetDateTime.parse(text).toInstant().isBefore(now);
    } catch (DateTimeParseException never) {
      return false;
    }
  }

  /** The span of its delivery; null when the event says nothing of a trace, or tracing is off. */
  @Nullable Trace trace(Tracing tracing) {
    Object parent = attributes.get(TRACE_PARENT);
    if (parent == null) {
      parent = attributes.get(TRACE_ID);
    }
    return parent == null ? null : tracing.start(parent.toString(), null);
  }

  @Override
  public String toString() {
    return "Event[" + topic + ", " + body.length() + " bytes]";
  }
}
