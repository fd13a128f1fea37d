package io.jitney.daemon.pubsub;

import io.jitney.daemon.gojson.GoValue;
import io.vertx.core.buffer.Buffer;

/** CloudEvents of the runtime's own making, with attributes to be added. */
public final class EventAttributes {
  private EventAttributes() {}

  /**
   * An event with everything but trace context.
   *
   * @param contentType "": text
   * @param data what becomes of them is the content type's to say
   */
  public static GoValue.Members of(
      String id, String source, String pubSub, String topic, String contentType, Buffer data) {
    String type = contentType.isEmpty() ? ContentType.TEXT : contentType;
    GoValue value = ContentType.value(type, data);
    GoValue.Members event = GoValue.object();
    event.members().put(value instanceof GoValue.Base64 ? "data_base64" : "data", value);
    event.members().put("datacontenttype", new GoValue.Text(type));
    event.members().put("id", new GoValue.Text(id));
    event.members().put("pubsubname", new GoValue.Text(pubSub));
    event.members().put("source", new GoValue.Text(source.isEmpty() ? Envelope.SOURCE : source));
    event.members().put("specversion", new GoValue.Text(Envelope.SPEC_VERSION));
    event.members().put("time", new GoValue.Text(Envelope.now()));
    event.members().put("topic", new GoValue.Text(topic));
    event.members().put("type", new GoValue.Text(Envelope.TYPE));
    return event;
  }
}
