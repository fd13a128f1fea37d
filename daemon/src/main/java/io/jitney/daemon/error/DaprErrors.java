package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;

/**
 * The catalogue: every error the API answers, with its codes and text (spec 01 section 5). A golden
 * file test prints it, so that no wire code changes by accident.
 */
public final class DaprErrors {
  private DaprErrors() {}

  public static DaprError badRequest(String what) {
    return DaprError.plain(
        "ERR_BAD_REQUEST", 400, GrpcStatus.INVALID_ARGUMENT, "invalid request: " + what);
  }

  public static DaprError bodyRead(String cause) {
    return DaprError.plain(
        "ERR_BODY_READ", 400, GrpcStatus.INVALID_ARGUMENT, "failed to read request body: " + cause);
  }

  /** The text as given: callers embed what the decoder said. */
  public static DaprError malformedRequest(String message) {
    return DaprError.plain("ERR_MALFORMED_REQUEST", 400, GrpcStatus.INVALID_ARGUMENT, message);
  }

  public static DaprError malformedBody(String cause) {
    return malformedRequest("failed deserializing HTTP body: " + cause);
  }

  /**
   * What daprd answers where a Go error escapes: also the answer for failures that are Jitney's
   * own.
   */
  public static DaprError unexpected(String message) {
    return DaprError.plain("ERROR", 500, GrpcStatus.UNKNOWN, message);
  }

  public static DaprError notReady(String targets) {
    return DaprError.plain(
        "ERR_HEALTH_NOT_READY", 500, GrpcStatus.INTERNAL, "dapr is not ready: " + targets);
  }

  public static DaprError outboundNotReady() {
    return DaprError.plain(
        "ERR_OUTBOUND_HEALTH_NOT_READY", 500, GrpcStatus.INTERNAL, "dapr outbound is not ready");
  }

  public static DaprError appIdMismatch() {
    return DaprError.plain(
        "ERR_HEALTH_APPID_NOT_MATCH", 500, GrpcStatus.INTERNAL, "dapr app-id does not match");
  }
}
