package io.jitney.daemon.invoke;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** The body of a call. */
public sealed interface CallBody {
  /** No body at all. */
  record None() implements CallBody {}

  /**
   * All of it.
   *
   * @param typeUrl of a protobuf message; "" for plain bytes
   */
  record Whole(Buffer data, String typeUrl) implements CallBody {}

  /**
   * An HTTP request that is still coming in, paused.
   *
   * @param length bytes; -1 when the client did not say
   * @param limit bytes; 0 or less: none
   */
  record Incoming(HttpServerRequest request, long length, long limit) implements CallBody {
    /** Whether daprd would call it a streaming request: never kept, so never repeated. */
    boolean streaming() {
      return length < 0;
    }

    boolean tooLong() {
      return limit > 0 && length > limit;
    }
  }

  /** The body of a paused request. */
  static CallBody of(HttpServerRequest request, long limit) {
    MultiMap headers = request.headers();
    String length = headers.get("content-length");
    if (length != null) {
      try {
        long bytes = Long.parseLong(length.trim());
        return bytes == 0 ? new None() : new Incoming(request, bytes, limit);
      } catch (NumberFormatException unreadable) {
        return new Incoming(request, -1, limit);
      }
    }
    boolean announced =
        request.version() == HttpVersion.HTTP_2 || headers.contains("transfer-encoding");
    return announced ? new Incoming(request, -1, limit) : new None();
  }
}
