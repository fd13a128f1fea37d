package io.jitney.daemon.subscription;

import io.jitney.components.pubsub.Message;
import io.jitney.daemon.gojson.GoDecoder;
import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoSyntax;
import io.jitney.daemon.http.GoJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes events of messages, with daprd's quirks (spec 02, section 4.1). Pure functions. */
final class EventReader {
  private static final String CONTENT_TYPE = "content-type";
  private static final String BINARY = "application/octet-stream";
  private static final String BINARY_PREFIX = "ce_";

  /** What every delivery looks at. */
  private static final Set<String> ALWAYS =
      Set.of(Event.EXPIRATION, Event.TRACE_ID, Event.TRACE_PARENT, Event.TRACE_STATE);

  private EventReader() {}

  /**
   * Reads a message.
   *
   * @param component name of the pub/sub component
   * @param topic without the prefix of the component
   * @param raw whether the message is bytes to be wrapped, whatever they are
   * @param whole whether all attributes are needed: for rules and for gRPC
   */
  static Event read(Message message, String component, String topic, boolean raw, boolean whole)
      throws NotAnEvent {
    Map<String, String> metadata = new LinkedHashMap<>(message.metadata());
    metadata.put("pubsubName", component);
    if (message.contentType() != null) {
      metadata.put(CONTENT_TYPE, message.contentType());
    }
    if (raw) {
      return wrapped(message.data(), component, topic, metadata);
    }
    if (isBinary(metadata.get(CONTENT_TYPE))) {
      return new Event(topic, metadata, binaryAttributes(metadata), message.data());
    }
    return parsed(message.data(), topic, metadata, whole);
  }

  /** As {@link #read}, for entries of a bulk: there is no binary mode. */
  static Event readEntry(Message message, String topic, boolean whole) throws NotAnEvent {
    return parsed(message.data(), topic, message.metadata(), whole);
  }

  private static Event parsed(
      Buffer data, String topic, Map<String, String> metadata, boolean whole) throws NotAnEvent {
    Map<String, @Nullable Object> attributes = attributes(data, whole);
    addTrace(metadata, attributes);
    return new Event(topic, metadata, attributes, data);
  }

  private static boolean isBinary(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().equalsIgnoreCase(BINARY);
  }

  private static Event wrapped(
      Buffer data, String component, String topic, Map<String, String> metadata) {
    Map<String, @Nullable Object> attributes = new TreeMap<>();
    attributes.put("id", UUID.randomUUID().toString());
    attributes.put("specversion", "1.0");
    attributes.put("datacontenttype", BINARY);
    attributes.put("source", "Dapr");
    attributes.put("type", "com.dapr.event.sent");
    attributes.put("topic", topic);
    attributes.put("pubsubname", component);
    attributes.put("data_base64", Base64.getEncoder().encodeToString(data.getBytes()));
    addTrace(metadata, attributes);
    Buffer json =
        GoJson.write(
            out -> {
              out.writeStartObject();
              for (Map.Entry<String, @Nullable Object> attribute : attributes.entrySet()) {
                out.writeStringField(attribute.getKey(), String.valueOf(attribute.getValue()));
              }
              out.writeEndObject();
            });
    return new Event(topic, metadata, attributes, json.slice(0, json.length() - 1));
  }

  /** Only what the event does not say itself. */
  private static void addTrace(
      Map<String, String> metadata, Map<String, @Nullable Object> attributes) {
    addIfAbsent(attributes, Event.TRACE_ID, metadata.get(Event.TRACE_ID));
    String parent = metadata.get(Event.TRACE_PARENT);
    if (parent != null && attributes.get(Event.TRACE_PARENT) == null) {
      attributes.put(Event.TRACE_PARENT, parent);
      attributes.put(Event.TRACE_ID, parent);
    }
    addIfAbsent(attributes, Event.TRACE_STATE, metadata.get(Event.TRACE_STATE));
  }

  private static void addIfAbsent(
      Map<String, @Nullable Object> attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.putIfAbsent(name, value);
    }
  }

  private static Map<String, @Nullable Object> binaryAttributes(Map<String, String> metadata) {
    Map<String, @Nullable Object> attributes = new HashMap<>();
    metadata.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith(BINARY_PREFIX)) {
            attributes.put(lower.substring(BINARY_PREFIX.length()), value);
          }
        });
    attributes.putIfAbsent("datacontenttype", BINARY);
    addTrace(metadata, attributes);
    return attributes;
  }

  private static Map<String, @Nullable Object> attributes(Buffer json, boolean whole)
      throws NotAnEvent {
    String problem = GoSyntax.unmarshalError(json);
    if (problem != null) {
      throw new NotAnEvent(problem);
    }
    try {
      return GoDecoder.decode(json, in -> members(in, whole ? null : ALWAYS));
    } catch (GoJsonException otherValue) {
      throw new NotAnEvent(String.valueOf(otherValue.getMessage()));
    }
  }

  /** A null has none. */
  private static Map<String, @Nullable Object> members(GoDecoder in, @Nullable Set<String> wanted)
      throws IOException {
    Map<String, @Nullable Object> members = new HashMap<>();
    if (in.object("Go value", "map[string]interface {}")) {
      for (String name = in.nextMember(); name != null; name = in.nextMember()) {
        if (wanted == null || wanted.contains(name)) {
          members.put(name, value(in));
        } else {
          in.skip();
        }
      }
    }
    return members;
  }

  private static @Nullable Object value(GoDecoder in) throws IOException {
    return switch (in.kind()) {
      case "object" -> members(in, null);
      case "array" -> {
        List<@Nullable Object> items = new ArrayList<>();
        in.array("", "");
        while (in.nextElement()) {
          items.add(value(in));
        }
        yield items;
      }
      case "string" -> in.text();
      case "number" -> Double.parseDouble(in.text());
      case "bool" -> in.text().equals("true");
      default -> null;
    };
  }
}
