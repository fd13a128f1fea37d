package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;

/**
 * What the gRPC front itself answers: HTTP statuses mapped to gRPC, as daprd does for access and
 * authentication.
 */
public final class GrpcErrors {
  private GrpcErrors() {}

  public static DaprError denied() {
    return mapped(
        501, GrpcStatus.UNIMPLEMENTED, "Not Implemented", "requested endpoint is not available");
  }

  public static DaprError tokenMissing() {
    return mapped(
        401, GrpcStatus.UNAUTHENTICATED, "Unauthorized", "missing api token in request metadata");
  }

  public static DaprError tokenMismatch() {
    return mapped(
        401,
        GrpcStatus.UNAUTHENTICATED,
        "Unauthorized",
        "authentication error: api token mismatch");
  }

  public static DaprError messageTooLarge(long size, long limit) {
    return DaprError.plain(
        "RESOURCE_EXHAUSTED",
        429,
        GrpcStatus.RESOURCE_EXHAUSTED,
        "grpc: received message larger than max (" + size + " vs. " + limit + ")");
  }

  /** As Go's context says it; for clients whose time is over. */
  public static DaprError deadlineExceeded() {
    return DaprError.plain(
        "DEADLINE_EXCEEDED", 504, GrpcStatus.DEADLINE_EXCEEDED, "context deadline exceeded");
  }

  private static DaprError mapped(int httpStatus, GrpcStatus status, String text, String cause) {
    return DaprError.rich(
        text,
        httpStatus,
        status,
        text,
        new ErrorDetail.ErrorInfo(
            text, Map.of("http.code", Integer.toString(httpStatus), "http.error_message", cause)));
  }
}
