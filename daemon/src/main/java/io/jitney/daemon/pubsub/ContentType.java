package io.jitney.daemon.pubsub;

import io.jitney.daemon.gojson.GoJsonException;
import io.jitney.daemon.gojson.GoValue;
import io.vertx.core.buffer.Buffer;

/** Content types as daprd tells them apart: in any case, without what follows a semicolon. */
final class ContentType {
  static final String TEXT = "text/plain";

  private ContentType() {}

  private static boolean is(String type, String word) {
    int end = type.indexOf(';');
    return (end < 0 ? type.length() : end) == word.length()
        && type.regionMatches(true, 0, word, 0, word.length());
  }

  /** A whole CloudEvent in JSON. */
  static boolean isCloudEvent(String type) {
    return is(type, "application/cloudevents+json");
  }

  /** Exactly this one; types that end in {@code +json} are text. */
  static boolean isJson(String type) {
    return is(type, "application/json");
  }

  static boolean isOctets(String type) {
    return is(type, "application/octet-stream");
  }

  static boolean isText(String type) {
    return type.regionMatches(true, 0, "text/", 0, 5) || is(type, "application/xml");
  }

  private static boolean isBinary(String type, Buffer data) {
    return isOctets(type)
        || is(type, "application/cloudevents+protobuf")
        || (is(type, "application/x-protobuf") && CloudEventProto.isOne(data));
  }

  /** What a CloudEvent holds as its data: base64, JSON, or text; what is no JSON is text. */
  static GoValue value(String type, Buffer data) {
    if (isJson(type)) {
      try {
        return GoValue.parse(data);
      } catch (GoJsonException none) {
        return new GoValue.Utf8(data);
      }
    }
    return isBinary(type, data) ? new GoValue.Base64(data) : new GoValue.Utf8(data);
  }
}
