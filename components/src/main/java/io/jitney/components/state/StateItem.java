package io.jitney.components.state;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds under a key.
 *
 * @param data the stored bytes; null when the key is absent
 * @param etag null when the store has none for it
 * @param metadata response metadata, {@code ttlExpireTime} for example
 */
public record StateItem(
    @Nullable Buffer data, @Nullable String etag, Map<String, String> metadata) {
  public static final StateItem ABSENT = new StateItem(null, null, Map.of());

  public static StateItem absent() {
    return ABSENT;
  }
}
