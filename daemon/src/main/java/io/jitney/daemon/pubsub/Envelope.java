package io.jitney.daemon.pubsub;

import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoJsonWriter;
import io.jitney.daemon.gojson.GoValue;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes CloudEvents 1.0 of what apps publish, byte by byte as daprd does. */
final class Envelope {
  static final String SPEC_VERSION = "1.0";
  static final String TYPE = "com.dapr.event.sent";
  static final String SOURCE = "Dapr";

  /** What the envelope is about as much as its data. */
  private static final int SIZE = 512;

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Envelope() {}

  /** Data in an envelope; every attribute that metadata may replace is replaced. */
  static Buffer wrap(PublishCall call, Event event) {
    Map<String, String> metadata = event.metadata();
    String type = event.contentType().isEmpty() ? ContentType.TEXT : event.contentType();
    String source = EventMetadata.find(metadata, "cloudevent.source");
    String subject = EventMetadata.find(metadata, "cloudevent.subject");
    String parent = override(metadata, "cloudevent.traceid", call.traceparent());
    parent = override(metadata, "cloudevent.traceparent", parent);
    String expiration = expiration(call, metadata);
    GoValue data = ContentType.value(type, event.data());

    GoJsonWriter out = new GoJsonWriter(SIZE + event.data().length() * 3 / 2);
    out.ascii(data instanceof GoValue.Base64 ? "{\"data_base64\":" : "{\"data\":");
    data.write(out);
    out.ascii(",\"datacontenttype\":").string(type);
    if (expiration != null) {
      out.ascii(",\"expiration\":").string(expiration);
    }
    out.ascii(",\"id\":").string(id(metadata));
    out.ascii(",\"pubsubname\":").string(call.pubSub().name());
    out.ascii(",\"source\":").string(source(source, call.instance().appId()));
    out.ascii(",\"specversion\":\"1.0\"");
    if (subject != null && !subject.isEmpty()) {
      out.ascii(",\"subject\":").string(subject);
    }
    out.ascii(",\"time\":").string(now());
    out.ascii(",\"topic\":").string(call.topic());
    out.ascii(",\"traceid\":").string(parent);
    out.ascii(",\"traceparent\":").string(parent);
    out.ascii(",\"tracestate\":")
        .string(override(metadata, "cloudevent.tracestate", call.tracestate()));
    out.ascii(",\"type\":").string(override(metadata, "cloudevent.type", TYPE)).ascii("}");
    return out.toBuffer();
  }

  private static String id(Map<String, String> metadata) {
    String given = EventMetadata.find(metadata, "cloudevent.id");
    return given == null || given.isEmpty() ? UUID.randomUUID().toString() : given;
  }

  /** One that is given and empty is daprd's, not the app's. */
  private static String source(@Nullable String given, String appId) {
    String source = given == null ? appId : given;
    return source.isEmpty() ? SOURCE : source;
  }

  private static String override(Map<String, String> metadata, String name, String otherwise) {
    String value = EventMetadata.find(metadata, name);
    return value == null || value.isEmpty() ? otherwise : value;
  }

  /**
   * A CloudEvent of the app's own: where it goes to is always written, what else is missing is
   * added.
   */
  static Buffer complete(PublishCall call, Event event) throws GoJsonException {
    GoValue.Members own = GoValue.parseObject(event.data());
    Map<String, GoValue> attributes = own.members();
    attributes.put("topic", new GoValue.Text(call.topic()));
    attributes.put("pubsubname", new GoValue.Text(call.pubSub().name()));
    attributes.computeIfAbsent("time", absent -> new GoValue.Text(now()));
    attributes.putIfAbsent("source", new GoValue.Text(SOURCE));
    attributes.putIfAbsent("type", new GoValue.Text(TYPE));
    attributes.putIfAbsent("specversion", new GoValue.Text(SPEC_VERSION));
    if (!attributes.containsKey("traceid")) {
      GoValue parent = new GoValue.Text(call.traceparent());
      attributes.put("traceid", parent);
      attributes.put("traceparent", parent);
    }
    attributes.putIfAbsent("tracestate", new GoValue.Text(call.tracestate()));
    String expiration = expiration(call, event.metadata());
    if (expiration != null) {
      attributes.put("expiration", new GoValue.Text(expiration));
    }
    return own.encode(SIZE + event.data().length());
  }

  /** When it is no good any more; null when never, or when the broker sees to it. */
  private static @Nullable String expiration(PublishCall call, Map<String, String> metadata) {
    Duration ttl = EventMetadata.timeToLive(metadata);
    if (ttl == null || call.pubSub().component().features().contains(PubSubFeature.MESSAGE_TTL)) {
      return null;
    }
    Instant end = Instant.now().plus(ttl);
    return text(end.isAfter(LATEST) ? LATEST : end, ZoneOffset.UTC);
  }

  /** The time now as events say it: RFC 3339, whole seconds, in the local zone. */
  static String now() {
    return text(Instant.now(), ZoneId.systemDefault());
  }

  private static String text(Instant time, ZoneId zone) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        time.truncatedTo(ChronoUnit.SECONDS).atZone(zone).toOffsetDateTime());
  }
}
