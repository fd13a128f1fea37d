package io.jitney.components.state.redis;

import io.jitney.components.redis.RedisCall;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.RequestChecks;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StoredJson;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns requests into commands. Checks the requests; sends nothing. */
final class RedisWrites {
  /** ETag argument of a write that expects no version. */
  private static final String NO_ETAG = "0";

  private final @Nullable Long defaultTtl;

  RedisWrites(@Nullable Long defaultTtl) {
    this.defaultTtl = defaultTtl;
  }

  /** A checked set: the script with its arguments, and what is to follow. */
  record Set(
      RedisScript script, String key, String etag, Buffer data, String mark, @Nullable Long ttl) {
    /**
     * @param byName EVALSHA, which sends 40 bytes instead of the script
     */
    RedisCall<Long> call(boolean byName) {
      return RedisCall.write(
          RedisWrites::integer,
          3,
          byName ? "EVALSHA" : "EVAL",
          byName ? script.sha1() : script.text(),
          "1",
          key,
          etag,
          data,
          mark);
    }
  }

  /** A checked delete. */
  record Delete(RedisScript script, String key, String etag) {
    RedisCall<Long> call(boolean byName) {
      return RedisCall.write(
          RedisWrites::integer,
          3,
          byName ? "EVALSHA" : "EVAL",
          byName ? script.sha1() : script.text(),
          "1",
          key,
          etag);
    }
  }

  /**
   * @param json the value is kept as a RedisJSON document
   */
  Set set(SetRequest request, boolean json) {
    RequestChecks.options(request.options());
    return checkedSet(request, json, request.options().firstWrite() ? "0" : "1");
  }

  private Set checkedSet(SetRequest request, boolean json, String mark) {
    String etag = etag(request);
    Long ttl = ttl(request.metadata());
    Buffer data = json ? JsonDocument.of(request.value()) : stored(request.value());
    return new Set(
        json ? RedisScript.SET_JSON : RedisScript.SET,
        request.key(),
        etag,
        data,
        mark,
        ttl == null ? defaultTtl : ttl);
  }

  private static Buffer stored(StateData value) {
    return switch (value) {
      case StateData.Json(var json) -> StoredJson.PLAIN.encode(json);
      case StateData.Stored(var json) -> json;
      case StateData.Bytes(var bytes) -> bytes;
    };
  }

  Delete delete(DeleteRequest request, boolean json) {
    RequestChecks.options(request.options());
    return uncheckedDelete(request, json);
  }

  private static Delete uncheckedDelete(DeleteRequest request, boolean json) {
    String etag = request.etag();
    return new Delete(
        json ? RedisScript.DELETE_JSON : RedisScript.DELETE,
        request.key(),
        etag == null ? NO_ETAG : etag);
  }

  /** daprd neither checks options nor marks first writes in transactions. */
  Set setInTransaction(SetRequest request) {
    return checkedSet(request, isJson(request.metadata()), "1");
  }

  static Delete deleteInTransaction(DeleteRequest request) {
    return uncheckedDelete(request, isJson(request.metadata()));
  }

  static boolean isJson(Map<String, String> metadata) {
    return "application/json".equals(metadata.get("contentType"));
  }

  /** No TTL leaves an expiry as it is; zero and less remove it. */
  static @Nullable RedisCall<Long> expiry(String key, @Nullable Long ttl) {
    if (ttl == null) {
      return null;
    }
    return ttl > 0
        ? RedisCall.write(RedisWrites::integer, 1, "EXPIRE", key, Long.toString(ttl))
        : RedisCall.write(RedisWrites::integer, 1, "PERSIST", key);
  }

  static IntegerOutput<byte[], byte[]> integer() {
    return new IntegerOutput<>(ByteArrayCodec.INSTANCE);
  }

  static StatusOutput<byte[], byte[]> status() {
    return new StatusOutput<>(ByteArrayCodec.INSTANCE);
  }

  static RedisCall<Long> waitFor(int replicas) {
    return RedisCall.server(RedisWrites::integer, "WAIT", Integer.toString(replicas), "1000");
  }

  private static String etag(SetRequest request) {
    String etag = request.etag();
    if (etag == null || etag.isEmpty() || request.options().lastWrite()) {
      return NO_ETAG;
    }
    try {
      return Long.toString(GoText.atoi(etag));
    } catch (GoText.Unreadable e) {
      throw new ComponentException.EtagInvalid(e.getMessage());
    }
  }

  private static @Nullable Long ttl(Map<String, String> metadata) {
    String text = metadata.get(RequestChecks.TTL);
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return GoText.parseInt(text);
    } catch (GoText.Unreadable e) {
      throw new ComponentException.Failed("failed to parse ttl from metadata: " + e.getMessage());
    }
  }
}
