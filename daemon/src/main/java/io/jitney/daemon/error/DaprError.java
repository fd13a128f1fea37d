package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One error as both fronts answer it. Immutable; made by {@link DaprErrors}.
 *
 * @param errorCode {@code errorCode} of the HTTP body, {@code ERR_STATE_GET} for example
 * @param httpStatus HTTP status
 * @param grpcStatus gRPC code
 * @param message message of the HTTP body, and of the gRPC status unless {@code grpcMessage} says
 *     otherwise
 * @param grpcMessage gRPC status message where it differs; null: as {@code message}
 * @param httpDetails details of the HTTP body; null: the plain shape without {@code details}
 * @param grpcDetails details of the gRPC status; empty: a bare status
 */
public record DaprError(
    String errorCode,
    int httpStatus,
    GrpcStatus grpcStatus,
    String message,
    @Nullable String grpcMessage,
    @Nullable List<ErrorDetail> httpDetails,
    List<ErrorDetail> grpcDetails) {

  /** An error without details on either front. */
  public static DaprError plain(
      String errorCode, int httpStatus, GrpcStatus grpcStatus, String message) {
    return new DaprError(errorCode, httpStatus, grpcStatus, message, null, null, List.of());
  }

  /** An error with the same details on both fronts. */
  public static DaprError rich(
      String errorCode,
      int httpStatus,
      GrpcStatus grpcStatus,
      String message,
      ErrorDetail... details) {
    List<ErrorDetail> list = List.of(details);
    return new DaprError(errorCode, httpStatus, grpcStatus, message, null, list, list);
  }

  /**
   * Plain over HTTP, and over gRPC with one ErrorInfo whose reason is the HTTP error code and whose
   * metadata is null: daprd's second generation of errors.
   */
  public static DaprError plainHttpRichGrpc(
      String errorCode, int httpStatus, GrpcStatus grpcStatus, String message) {
    return new DaprError(
        errorCode,
        httpStatus,
        grpcStatus,
        message,
        null,
        null,
        List.of(new ErrorDetail.ErrorInfo(errorCode, null)));
  }

  public DaprError withGrpcMessage(String text) {
    return new DaprError(
        errorCode, httpStatus, grpcStatus, message, text, httpDetails, grpcDetails);
  }

  public DaprException exception() {
    return new DaprException(this);
  }
}
