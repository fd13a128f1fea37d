package io.jitney.daemon.error;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;

/** What daprd answers where nothing of a building block is configured. */
public final class AbsentErrors {
  private AbsentErrors() {}

  public static DaprError configurationNotConfigured() {
    return DaprError.plainHttpRichGrpc(
        "ERR_CONFIGURATION_STORE_NOT_CONFIGURED",
        500,
        GrpcStatus.FAILED_PRECONDITION,
        "configuration stores not configured");
  }

  public static DaprError lockNotConfigured() {
    return DaprError.plain(
        "ERR_LOCK_STORE_NOT_CONFIGURED",
        500,
        GrpcStatus.FAILED_PRECONDITION,
        "lock store is not configured");
  }

  public static DaprError cryptoNotConfigured() {
    return DaprError.plain(
        "ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED",
        500,
        GrpcStatus.INTERNAL,
        "crypto providers not configured");
  }

  public static DaprError unimplemented() {
    return DaprError.plain(
        "ERR_API_UNIMPLEMENTED",
        501,
        GrpcStatus.UNIMPLEMENTED,
        "this API is currently not implemented");
  }

  public static DaprError conversationNotFound(String component) {
    return DaprError.plain(
        "ERR_CONVERSATION_NOT_FOUND",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "failed finding conversation component " + component);
  }

  public static DaprError noPlacement() {
    return DaprError.plain(
        "ERR_ACTOR_NO_PLACEMENT",
        400,
        GrpcStatus.UNAVAILABLE,
        "placement service is not configured");
  }

  /** Neither schedule nor due time in a job. */
  public static DaprError scheduleEmpty(String appId, String namespace) {
    return scheduler(
        "DAPR_SCHEDULER_SCHEDULE_EMPTY",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "Schedule is empty",
        appId,
        namespace);
  }

  /**
   * No scheduler to talk to.
   *
   * @param verb schedule, get, list or delete
   */
  public static DaprError schedulerDisabled(String verb, String appId, String namespace) {
    String reason =
        switch (verb) {
          case "schedule" -> "DAPR_SCHEDULER_SCHEDULE_JOB";
          case "get" -> "DAPR_SCHEDULER_GET_JOB";
          case "list" -> "DAPR_SCHEDULER_LIST_JOBS";
          default -> "DAPR_SCHEDULER_DELETE_JOB";
        };
    return scheduler(
        reason,
        500,
        GrpcStatus.INTERNAL,
        "failed to "
            + verb
            + " job"
            + (verb.equals("list") ? "s" : "")
            + " due to: scheduler clients are disabled",
        appId,
        namespace);
  }

  private static DaprError scheduler(
      String reason, int http, GrpcStatus grpc, String message, String appId, String namespace) {
    return DaprError.rich(
        reason,
        http,
        grpc,
        message,
        new ErrorDetail.ErrorInfo(reason, Map.of("appID", appId, "namespace", namespace)));
  }
}
