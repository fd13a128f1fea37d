package io.jitney.components.pubsub;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * One message to be published.
 *
 * @param data what subscribers get, a CloudEvent or raw bytes; not to be changed
 * @param topic the broker's topic, complete
 * @param metadata request metadata as it came; unmodifiable
 * @param hasMetadata whether the request carried metadata at all: HTTP always does, gRPC and bulk
 *     only when there is some (brokers that store metadata tell the two apart)
 */
public record PublishRequest(
    Buffer data, String topic, Map<String, String> metadata, boolean hasMetadata) {
  @Override
  public String toString() {
    return "PublishRequest[" + topic + ", " + data.length() + " bytes]";
  }
}
