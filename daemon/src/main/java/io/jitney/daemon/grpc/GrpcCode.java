package io.jitney.daemon.grpc;

import io.vertx.grpc.common.GrpcStatus;
import org.jspecify.annotations.Nullable;

/** Status codes as they come over the wire: an app may send anything. */
public final class GrpcCode {
  private static final int LAST = GrpcStatus.UNAUTHENTICATED.code;

  private GrpcCode() {}

  /**
   * One of gRPC's codes, 0 to 16: for metrics and logs, where each value is a series of its own.
   *
   * @param missing for null
   * @return UNKNOWN for what is none
   */
  public static int of(@Nullable String text, GrpcStatus missing) {
    if (text == null) {
      return missing.code;
    }
    try {
      int code = Integer.parseInt(text);
      return code >= 0 && code <= LAST ? code : GrpcStatus.UNKNOWN.code;
    } catch (NumberFormatException none) {
      return GrpcStatus.UNKNOWN.code;
    }
  }
}
