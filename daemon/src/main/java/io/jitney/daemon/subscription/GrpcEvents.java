package io.jitney.daemon.subscription;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventCERequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventRequest;
import io.jitney.daemon.gojson.GoPrint;
import io.jitney.daemon.http.GoJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Events as gRPC apps and streams get them (spec 02, section 4.4). Pure functions. */
final class GrpcEvents {
  private static final Set<String> FIELDS =
      Set.of("id", "source", "datacontenttype", "type", "specversion", "data", "data_base64");

  private GrpcEvents() {}

  /**
   * One event.
   *
   * @throws DeliveryException when its data do not fit their content type
   */
  static TopicEventRequest single(Event event, String component, String path) {
    return TopicEventRequest.newBuilder()
        .setId(event.text("id"))
        .setSource(event.text("source"))
        .setType(event.text("type"))
        .setSpecVersion(event.text("specversion"))
        .setDataContentType(event.text("datacontenttype"))
        .setTopic(event.topic())
        .setPubsubName(component)
        .setPath(path)
        .setData(data(event))
        .setExtensions(extensions(event))
        .build();
  }

  /** As {@link #single}; {@code data_base64} is left out, as by daprd. */
  static TopicEventCERequest entry(Event event) {
    return TopicEventCERequest.newBuilder()
        .setId(event.text("id"))
        .setSource(event.text("source"))
        .setType(event.text("type"))
        .setSpecVersion(event.text("specversion"))
        .setDataContentType(event.text("datacontenttype"))
        .setData(typed(event))
        .setExtensions(extensions(event))
        .build();
  }

  private static ByteString data(Event event) {
    Object encoded = event.attributes().get("data_base64");
    if (encoded == null) {
      return typed(event);
    }
    if (!(encoded instanceof String text)) {
      throw new DeliveryException("unexpected type of data_base64");
    }
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException notBase64) {
      throw new DeliveryException("illegal base64 data in data_base64");
    }
  }

  private static ByteString typed(Event event) {
    Object data = event.attributes().get("data");
    if (data == null) {
      return ByteString.EMPTY;
    }
    String type = contentType(event.text("datacontenttype"));
    if (type.startsWith("text/") || type.equals("application/xml")) {
      if (data instanceof String text) {
        return ByteString.copyFromUtf8(text);
      }
      throw new DeliveryException("unexpected type of data: no text");
    }
    return type.equals("application/json") || type.equals("application/cloudevents+json")
        ? json(data)
        : ByteString.EMPTY;
  }

  private static String contentType(String text) {
    int parameters = text.indexOf(';');
    return (parameters < 0 ? text : text.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  private static ByteString json(Object data) {
    Buffer text = GoJson.write(out -> write(out, data));
    return ByteString.copyFrom(text.getBytes(0, text.length() - 1));
  }

  private static void write(GoJson.Out out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> member : new TreeMap<>(map).entrySet()) {
          out.writeFieldName(String.valueOf(member.getKey()));
          write(out, member.getValue());
        }
        out.writeEndObject();
      }
      case List<?> list -> {
        out.writeStartArray();
        for (Object item : list) {
          write(out, item);
        }
        out.writeEndArray();
      }
      case Double number -> out.writeNumber(GoPrint.json(number));
      case Boolean truth -> out.writeBoolean(truth);
      case Object text -> out.writeString(text.toString());
    }
  }

  private static Struct extensions(Event event) {
    Struct.Builder struct = Struct.newBuilder();
    event
        .attributes()
        .forEach(
            (name, value) -> {
              if (!FIELDS.contains(name)) {
                struct.putFields(name, value(value));
              }
            });
    return struct.build();
  }

  private static Value value(@Nullable Object value) {
    Value.Builder made = Value.newBuilder();
    switch (value) {
      case null -> made.setNullValue(NullValue.NULL_VALUE);
      case Map<?, ?> map -> {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((name, member) -> struct.putFields(String.valueOf(name), value(member)));
        made.setStructValue(struct);
      }
      case List<?> list -> {
        ListValue.Builder items = ListValue.newBuilder();
        list.forEach(item -> items.addValues(value(item)));
        made.setListValue(items);
      }
      case Double number -> made.setNumberValue(number);
      case Boolean truth -> made.setBoolValue(truth);
      case Object text -> made.setStringValue(text.toString());
    }
    return made.build();
  }
}
