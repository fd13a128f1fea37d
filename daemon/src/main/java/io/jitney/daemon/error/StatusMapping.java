package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;

/**
 * HTTP statuses for gRPC codes and back (spec 01 section 5.4); the two are no inverses of each
 * other.
 */
public final class StatusMapping {
  private StatusMapping() {}

  /** The HTTP status of a gRPC code. */
  public static int toHttp(int grpcCode) {
    return switch (grpcCode) {
      case 0 -> 200;
      case 1 -> 408;
      case 3, 9, 11 -> 400;
      case 4 -> 504;
      case 5 -> 404;
      case 6, 10 -> 409;
      case 7 -> 403;
      case 8 -> 429;
      case 12 -> 501;
      case 14 -> 503;
      case 16 -> 401;
      default -> 500;
    };
  }

  /** The gRPC code of an HTTP status. */
  public static GrpcStatus toGrpc(int httpStatus) {
    if (httpStatus >= 200 && httpStatus < 300) {
      return GrpcStatus.OK;
    }
    return switch (httpStatus) {
      case 400 -> GrpcStatus.INTERNAL;
      case 401 -> GrpcStatus.UNAUTHENTICATED;
      case 403 -> GrpcStatus.PERMISSION_DENIED;
      case 404 -> GrpcStatus.NOT_FOUND;
      case 408 -> GrpcStatus.CANCELLED;
      case 409 -> GrpcStatus.ALREADY_EXISTS;
      case 429 -> GrpcStatus.RESOURCE_EXHAUSTED;
      case 501 -> GrpcStatus.UNIMPLEMENTED;
      case 503 -> GrpcStatus.UNAVAILABLE;
      case 504 -> GrpcStatus.DEADLINE_EXCEEDED;
      default -> GrpcStatus.UNKNOWN;
    };
  }
}
