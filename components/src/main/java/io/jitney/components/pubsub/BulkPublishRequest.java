package io.jitney.components.pubsub;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;

/**
 * Many messages to one topic.
 *
 * @param topic the broker's topic, complete
 * @param entries the messages, in the request's order
 * @param metadata of the request as a whole; unmodifiable
 */
public record BulkPublishRequest(
    String topic, List<BulkEntry> entries, Map<String, String> metadata) {
  /**
   * One of them.
   *
   * @param entryId unique in the request
   * @param data a CloudEvent or raw bytes; not to be changed
   * @param contentType as the request said
   * @param metadata of this entry; unmodifiable
   */
  public record BulkEntry(
      String entryId, Buffer data, String contentType, Map<String, String> metadata) {
    @Override
    public String toString() {
      return "BulkEntry[" + entryId + ", " + data.length() + " bytes]";
    }
  }

  @Override
  public String toString() {
    return "BulkPublishRequest[" + topic + ", " + entries.size() + " entries]";
  }
}
