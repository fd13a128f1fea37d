package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;

/** Errors of the secrets building block (spec 01 section 5.2): the plain shape on both fronts. */
public final class SecretErrors {
  private SecretErrors() {}

  public static DaprError notConfigured() {
    return DaprError.plain(
        "ERR_SECRET_STORES_NOT_CONFIGURED",
        500,
        GrpcStatus.FAILED_PRECONDITION,
        "secret store is not configured");
  }

  public static DaprError storeNotFound(String store) {
    return DaprError.plain(
        "ERR_SECRET_STORE_NOT_FOUND",
        401,
        GrpcStatus.INVALID_ARGUMENT,
        "failed finding secret store with key " + store);
  }

  public static DaprError denied(String secret, String store) {
    return DaprError.plain(
        "ERR_PERMISSION_DENIED",
        403,
        GrpcStatus.PERMISSION_DENIED,
        "access denied by policy to get \"" + secret + "\" from \"" + store + "\"");
  }

  public static DaprError get(String secret, String store, String cause) {
    return failed(
        "failed getting secret with key " + secret + " from secret store " + store + ": " + cause);
  }

  public static DaprError bulkGet(String store, String cause) {
    return failed("failed getting secrets from secret store " + store + ": " + cause);
  }

  private static DaprError failed(String message) {
    return DaprError.plain("ERR_SECRET_GET", 500, GrpcStatus.INTERNAL, message);
  }
}
