package io.jitney.components.state.inmemory;

import io.jitney.components.state.RequestChecks;
import io.jitney.components.state.StateItem;
import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One value. Immutable; two values are equal only when they are the same object. */
final class StoredValue implements Comparable<StoredValue> {
  static final long NEVER = Long.MAX_VALUE;

  private static final long LAST_PRINTABLE_MILLIS =
      253_402_300_799_000L; // the end of the year 9999

  /** Of the objects that a value is made of, about. */
  private static final long OBJECTS = 200;

  final String key;
  final String etag = RequestChecks.randomEtag();

  /** Milliseconds since 1970 after which the value is absent; {@link #NEVER} without a TTL. */
  final long expiresAt;

  private final byte[] data;
  private final long sequence;
  private final Map<String, String> metadata;

  StoredValue(String key, byte[] data, long ttlSeconds, long nowMillis, long sequence) {
    this.key = key;
    this.data = data;
    this.sequence = sequence;
    if (ttlSeconds == 0) {
      expiresAt = NEVER;
      metadata = Map.of();
    } else {
      boolean printable = ttlSeconds < (LAST_PRINTABLE_MILLIS - nowMillis) / 1000;
      expiresAt = printable ? nowMillis + ttlSeconds * 1000 : LAST_PRINTABLE_MILLIS;
      Instant end = Instant.ofEpochMilli(expiresAt).truncatedTo(ChronoUnit.SECONDS);
      metadata = Map.of("ttlExpireTime", end.toString());
    }
  }

  /** What a value takes of the heap, about. */
  static long bytes(String key, byte[] data) {
    return OBJECTS + key.length() + data.length;
  }

  long bytes() {
    return bytes(key, data);
  }

  boolean isExpired(@Nullable Long nowMillis) {
    return expiresAt != NEVER
        && expiresAt < (nowMillis == null ? System.currentTimeMillis() : nowMillis);
  }

  /** Zero bytes come back as no data, but with their ETag, as daprd does. */
  StateItem item() {
    if (data.length == 0) {
      return new StateItem(null, etag, metadata);
    }
    return new StateItem(BufferInternal.buffer(Unpooled.wrappedBuffer(data)), etag, metadata);
  }

  @Override
  public int compareTo(StoredValue other) {
    int byTime = Long.compare(expiresAt, other.expiresAt);
    return byTime == 0 ? Long.compare(sequence, other.sequence) : byTime;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
