package io.jitney.daemon.channel;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;

/**
 * What a unary gRPC call of the app came to; a connection that failed is an answer too ({@code
 * UNAVAILABLE}), as it is in Go.
 *
 * @param code gRPC status code as a number: apps may send codes that no table has
 * @param message status message, decoded
 * @param data the message; empty when the status is not OK
 * @param headers initial metadata
 * @param trailers trailing metadata, status included
 */
public record GrpcAnswer(
    int code, String message, Buffer data, MultiMap headers, MultiMap trailers) {
  static GrpcAnswer failed(GrpcStatus status, String message) {
    return new GrpcAnswer(
        status.code,
        message,
        Buffer.buffer(),
        MultiMap.caseInsensitiveMultiMap(),
        MultiMap.caseInsensitiveMultiMap());
  }

  public boolean ok() {
    return code == GrpcStatus.OK.code;
  }

  /** The status; UNKNOWN for a code that no table has. */
  public GrpcStatus status() {
    GrpcStatus known = GrpcStatus.valueOf(code);
    return known == null ? GrpcStatus.UNKNOWN : known;
  }
}
