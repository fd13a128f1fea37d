package io.jitney.components.pubsub.redis;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * One entry of a stream.
 *
 * @param id what the server calls it
 * @param data the field {@code data}; empty when there is none
 * @param metadata what the field {@code metadata} holds; unmodifiable
 * @param hasMetadata whether there is such a field
 * @param bytes size, about
 */
record StreamEntry(
    String id, Buffer data, Map<String, String> metadata, boolean hasMetadata, int bytes) {
  /** What it takes besides its fields. */
  static final int OVERHEAD = 128;
}
