package io.jitney.daemon.outbox;

import io.jitney.components.state.StateData;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoValue;
import io.jitney.daemon.pubsub.EventAttributes;
import io.jitney.daemon.state.PlainValue;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CloudEvents of the outbox, on the internal topic and as they leave it. */
final class OutboxEvent {
  private static final Set<String> KEPT = Set.of("data", "id");
  private static final Trace NO_TRACE = new Trace("", "");

  private OutboxEvent() {}

  /**
   * The event of one upsert.
   *
   * @param contentType "": text
   * @param metadata of the operation: each becomes an attribute
   */
  static Buffer make(
      String id,
      String source,
      String pubSub,
      String contentType,
      StateData value,
      Map<String, String> metadata,
      @Nullable Trace trace) {
    Trace known = trace == null || trace.equals(Trace.NONE) ? NO_TRACE : trace;
    GoValue.Members event =
        EventAttributes.of(id, source, pubSub, "", contentType, data(value, contentType));
    event.members().put("traceid", text(known.traceparent()));
    event.members().put("traceparent", text(""));
    event.members().put("tracestate", text(known.tracestate()));
    metadata.forEach(
        (name, attribute) -> {
          if (!KEPT.contains(name)) {
            event.members().put(name, text(attribute));
          }
        });
    return event.encode(512);
  }

  /** JSON stays JSON where the event says so; elsewhere a string is its text. */
  private static Buffer data(StateData value, String contentType) {
    return switch (value) {
      case StateData.Bytes(Buffer bytes) -> bytes;
      case StateData.Json(Buffer json) -> json(json, contentType);
      case StateData.Stored(Buffer json) -> json(json, contentType);
    };
  }

  private static Buffer json(Buffer json, String contentType) {
    return contentType.equals("application/json") ? json : PlainValue.of(json);
  }

  /** One that came from the internal topic. */
  static GoValue.Members read(Buffer data) throws GoJsonException {
    return GoValue.parseObject(data);
  }

  /** Its marker; "" when it has none. */
  static String id(GoValue.Members event) {
    return event.members().get("id") instanceof GoValue.Text(String id) ? id : "";
  }

  /** As it is published where it belongs. */
  static Buffer addressed(GoValue.Members event, String pubSub, String topic) {
    event.members().put("topic", text(topic));
    event.members().put("pubsubname", text(pubSub));
    return event.encode(512);
  }

  private static GoValue text(String text) {
    return new GoValue.Text(text);
  }
}
