package io.jitney.components.pubsub.redis;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a stream.
 *
 * @param id what the server calls it
 * @param data the field {@code data}; empty when there is none
 * @param metadata the field {@code metadata}; null: the entry has none
 * @param bytes size, about
 */
record StreamEntry(String id, Buffer data, byte @Nullable [] metadata, int bytes) {
  /** What it takes besides its fields. */
  static final int OVERHEAD = 128;
}
