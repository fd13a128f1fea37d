package io.jitney.daemon.pubsub;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * What an app publishes.
 *
 * @param data as it came
 * @param contentType as the app says; "" when it does not
 * @param metadata what it says besides; unmodifiable
 * @param hasMetadata whether it carries metadata at all, see {@link
 *     io.jitney.components.pubsub.PublishRequest}
 */
record Event(Buffer data, String contentType, Map<String, String> metadata, boolean hasMetadata) {
  /** One of a bulk. */
  record Entry(String entryId, Event event) {}

  @Override
  public String toString() {
    return "Event[" + contentType + ", " + data.length() + " bytes]";
  }
}
