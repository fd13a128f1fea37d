package io.jitney.daemon.error;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkFailure;
import io.jitney.daemon.error.ErrorDetail.BadRequest;
import io.jitney.daemon.error.ErrorDetail.ErrorInfo;
import io.jitney.daemon.error.ErrorDetail.Help;
import io.jitney.daemon.error.ErrorDetail.ResourceInfo;
import io.jitney.daemon.error.ErrorDetail.Violation;
import io.jitney.daemon.state.KeyPrefix;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The state part of the catalogue. */
public final class StateErrors {
  private static final String MISMATCH = "possible etag mismatch. error from state store";
  private static final String INVALID = "invalid etag value";
  private static final Help STORES =
      new Help(
          "https://docs.dapr.io/reference/components-reference/supported-state-stores/",
          "Check the list of state stores and the features they support");

  private StateErrors() {}

  public static DaprError notConfigured(String store, String appId) {
    return new DaprError(
        "ERR_STATE_STORE_NOT_CONFIGURED",
        500,
        GrpcStatus.FAILED_PRECONDITION,
        "state store " + store + " is not configured",
        null,
        List.of(new ErrorInfo("DAPR_STATE_NOT_CONFIGURED", Map.of("appID", appId))),
        List.of(new ErrorInfo("DAPR_STATE_NOT_CONFIGURED", null)));
  }

  public static DaprError notFound(String store, String appId) {
    return new DaprError(
        "ERR_STATE_STORE_NOT_FOUND",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "state store " + store + " is not found",
        null,
        List.of(new ErrorInfo("DAPR_STATE_NOT_FOUND", Map.of("appID", appId))),
        List.of(new ErrorInfo("DAPR_STATE_NOT_FOUND", null)));
  }

  /** The query API answers the two errors above over HTTP as over gRPC: without the app id. */
  public static DaprError withoutAppId(DaprError error) {
    return new DaprError(
        error.errorCode(),
        error.httpStatus(),
        error.grpcStatus(),
        error.message(),
        error.grpcMessage(),
        error.grpcDetails(),
        error.grpcDetails());
  }

  public static DaprError illegalKey(String store, String key) {
    return illegalKey(store, key, key);
  }

  /** Over HTTP the violation names no field. */
  public static DaprError illegalKeyInTransaction(String store, String key) {
    return illegalKey(store, key, "");
  }

  private static DaprError illegalKey(String store, String key, String httpField) {
    String grpc = KeyPrefix.illegalText(key);
    String http = "api error: code = InvalidArgument desc = " + grpc;
    ResourceInfo resource = resource(store);
    ErrorInfo info = new ErrorInfo("DAPR_STATE_ILLEGAL_KEY", null);
    return new DaprError(
        "ERR_MALFORMED_REQUEST",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        http,
        grpc,
        List.of(new BadRequest(List.of(new Violation(httpField, http))), resource, info),
        List.of(new BadRequest(List.of(new Violation(key, grpc))), resource, info));
  }

  /** An item to be written has no key. */
  public static DaprError keyMissing() {
    return new DaprError(
        "ERR_MALFORMED_REQUEST",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "\"key\" is a required field",
        "state key cannot be empty",
        null,
        List.of(new ErrorInfo("ERR_STATE_SAVE", null)));
  }

  public static DaprError get(String key, String store, Throwable cause) {
    return DaprError.plainHttpRichGrpc(
        "ERR_STATE_GET",
        500,
        GrpcStatus.INTERNAL,
        "fail to get " + key + " from state store " + store + ": " + text(cause));
  }

  public static DaprError save(String store, Throwable cause) {
    return write("ERR_STATE_SAVE", "failed saving state in state store " + store + ": ", cause);
  }

  public static DaprError delete(String key, Throwable cause) {
    return write("ERR_STATE_DELETE", "failed deleting state with key " + key + ": ", cause);
  }

  public static DaprError bulkDelete(String store, Throwable cause) {
    return write(
        "ERR_STATE_BULK_DELETE", "failed deleting state in state store " + store + ": ", cause);
  }

  /** The bare text of the cause. */
  public static DaprError bulkGet(Throwable cause) {
    return DaprError.plain("ERR_STATE_BULK_GET", 500, GrpcStatus.UNKNOWN, text(cause));
  }

  /** ETag failures too: in a transaction they are no conflict. */
  public static DaprError transaction(Throwable cause) {
    return DaprError.plainHttpRichGrpc(
        "ERR_STATE_TRANSACTION",
        500,
        GrpcStatus.INTERNAL,
        "error while executing state transaction: " + text(cause));
  }

  public static DaprError noTransactions(String store) {
    return DaprError.rich(
        "ERR_STATE_STORE_NOT_SUPPORTED",
        500,
        GrpcStatus.UNIMPLEMENTED,
        "state store " + store + " doesn't support transactions",
        STORES,
        resource(store),
        new ErrorInfo("DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED", null));
  }

  public static DaprError tooManyOperations(String store, int operations, int most) {
    return DaprError.rich(
        "ERR_STATE_STORE_TOO_MANY_TRANSACTIONS",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "the transaction contains "
            + operations
            + " operations, which is more than what the state store supports: "
            + most,
        resource(store),
        new ErrorInfo(
            "DAPR_STATE_TOO_MANY_TRANSACTIONS",
            Map.of(
                "currentOpsTransaction",
                Integer.toString(operations),
                "maxOpsPerTransaction",
                Integer.toString(most))));
  }

  public static DaprError unknownOperation(String operation) {
    return DaprError.plainHttpRichGrpc(
        "ERR_NOT_SUPPORTED_STATE_OPERATION",
        400,
        GrpcStatus.UNIMPLEMENTED,
        "operation type " + operation + " not supported");
  }

  public static DaprError malformedOperation(String problem) {
    return DaprErrors.malformedBody(problem);
  }

  public static DaprError noQueries(String store) {
    return DaprError.rich(
        "ERR_STATE_STORE_NOT_SUPPORTED",
        500,
        GrpcStatus.INTERNAL,
        "state store does not support querying",
        resource(store),
        new ErrorInfo("DAPR_STATE_QUERYING_NOT_SUPPORTED", null));
  }

  public static DaprError query(String store, String cause) {
    return DaprError.rich(
        "ERR_STATE_QUERY",
        500,
        GrpcStatus.INTERNAL,
        "state store " + store + " query failed: " + cause,
        resource(store),
        new ErrorInfo("DAPR_STATE_QUERY_FAILED", null));
  }

  private static ResourceInfo resource(String store) {
    return new ResourceInfo("state", store, "");
  }

  /** What a component's failure says. */
  public static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static DaprError write(String code, String start, Throwable cause) {
    Failure failure =
        cause instanceof BulkFailure bulk
            ? Failure.of(bulk)
            : new Failure(etagKind(cause), text(cause));
    Kind kind = failure.kind;
    int status = kind == null ? 500 : kind == Kind.MISMATCH ? 409 : 400;
    GrpcStatus grpc =
        kind == null
            ? GrpcStatus.INTERNAL
            : kind == Kind.MISMATCH ? GrpcStatus.ABORTED : GrpcStatus.INVALID_ARGUMENT;
    return DaprError.plainHttpRichGrpc(code, status, grpc, start + failure.text);
  }

  private enum Kind {
    MISMATCH,
    INVALID
  }

  private static @Nullable Kind etagKind(Throwable cause) {
    return switch (cause) {
      case ComponentException.EtagMismatch mismatch -> Kind.MISMATCH;
      case ComponentException.EtagInvalid invalid -> Kind.INVALID;
      default -> null;
    };
  }

  /** A failed write: what kind of ETag trouble, if any, and its text. */
  private record Failure(@Nullable Kind kind, String text) {
    /** daprd frames the joined texts once more when all failures are about ETags. */
    static Failure of(BulkFailure bulk) {
      List<BulkFailure.Item> items = new ArrayList<>(bulk.items());
      items.addFirst(items.removeLast()); // Go runs what was started last first
      List<@Nullable Kind> kinds = new ArrayList<>();
      items.forEach(item -> kinds.add(etagKind(item.cause())));
      String joined =
          items.stream()
              .map(item -> StateErrors.text(item.cause()))
              .collect(Collectors.joining("\n"));
      if (kinds.contains(null)) {
        return new Failure(
            kinds.stream().allMatch(kind -> kind == null) ? null : Kind.MISMATCH, joined);
      }
      return kinds.contains(Kind.INVALID)
          ? new Failure(Kind.INVALID, INVALID + ": " + joined)
          : new Failure(Kind.MISMATCH, MISMATCH + ": " + joined);
    }
  }
}
