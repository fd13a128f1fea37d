package io.jitney.daemon.error;

import io.jitney.daemon.error.ErrorDetail.ErrorInfo;
import io.jitney.daemon.error.ErrorDetail.ResourceInfo;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;

/** The pub/sub part of the catalogue. */
public final class PubSubErrors {
  /** What is wrong with the entries of a bulk. */
  public static final String ENTRY_ID = "entryId is duplicated or not present for entry";

  private PubSubErrors() {}

  /**
   * There is no such component, or none at all.
   *
   * @param metadata of the request; shown over HTTP only
   */
  public static DaprError notFound(String pubSub, Map<String, String> metadata) {
    return new DaprError(
        "ERR_PUBSUB_NOT_FOUND",
        404,
        GrpcStatus.INVALID_ARGUMENT,
        "pubsub " + pubSub + " is not found",
        null,
        List.of(new ErrorInfo("DAPR_PUBSUB_NOT_FOUND", Map.copyOf(metadata))),
        List.of(new ErrorInfo("DAPR_PUBSUB_NOT_FOUND", null)));
  }

  /** Over HTTP every call names one. */
  public static DaprError nameEmpty(Map<String, String> metadata) {
    return error(
        "ERR_PUBSUB_EMPTY",
        404,
        GrpcStatus.INVALID_ARGUMENT,
        "pubsub name is empty",
        "",
        new ErrorInfo("DAPR_PUBSUB_NAME_EMPTY", Map.copyOf(metadata)));
  }

  /** Over HTTP every call names one. */
  public static DaprError topicEmpty(String pubSub, Map<String, String> metadata) {
    return error(
        "ERR_TOPIC_NAME_EMPTY",
        404,
        GrpcStatus.INVALID_ARGUMENT,
        "topic is empty in pubsub " + pubSub,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_TOPIC_NAME_EMPTY", Map.copyOf(metadata)));
  }

  /**
   * Something in the request's metadata can not be read.
   *
   * @param cause which and why
   */
  public static DaprError metadata(String pubSub, Map<String, String> metadata, String cause) {
    return error(
        "ERR_PUBSUB_REQUEST_METADATA",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        "failed deserializing metadata. Error: " + cause,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_METADATA_DESERIALIZATION", Map.copyOf(metadata)));
  }

  /** The body says that it is a CloudEvent and is none. */
  public static DaprError cloudEvent(String pubSub, String appId, String cause) {
    return error(
        "ERR_PUBSUB_CLOUD_EVENTS_SER",
        500,
        GrpcStatus.INVALID_ARGUMENT,
        "cannot create cloudevent",
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_CLOUD_EVENT_CREATION", Map.of("appID", appId, "error", cause)));
  }

  /** An entry of a bulk is not what its content type says. */
  public static DaprError envelope(String pubSub, String topic, String appId, String cause) {
    return events(
        "error when marshalling cloud event envelope for topic "
            + topic
            + " pubsub "
            + pubSub
            + ": "
            + cause,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_MARSHAL_ENVELOPE", Map.of("appID", appId, "error", cause)));
  }

  /** An entry of a bulk without an id of its own. */
  public static DaprError entryId(String pubSub, String topic, String appId) {
    return events(
        "error marshaling events to bytes for topic "
            + topic
            + " pubsub "
            + pubSub
            + ". error: "
            + ENTRY_ID,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_MARSHAL_EVENTS", Map.of("appID", appId, "error", ENTRY_ID)));
  }

  /** The body of a bulk can not be read; HTTP only. */
  public static DaprError bulkBody(String pubSub, String topic, String appId, String cause) {
    return events(
        "error when unmarshaling the request for topic "
            + topic
            + " pubsub "
            + pubSub
            + ": "
            + cause,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_UNMARSHAL_EVENTS", Map.of("appID", appId)));
  }

  private static DaprError events(String message, String pubSub, ErrorInfo info) {
    return error("ERR_PUBSUB_EVENTS_SER", 400, GrpcStatus.INVALID_ARGUMENT, message, pubSub, info);
  }

  /** Scopes of the component do not let the app. */
  public static DaprError forbidden(String pubSub, String topic, String appId) {
    String message = forbiddenText(topic, appId);
    return error(
        "ERR_PUBSUB_FORBIDDEN",
        403,
        GrpcStatus.PERMISSION_DENIED,
        message,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_FORBIDDEN", Map.of("topic", topic, "error", message)));
  }

  public static String forbiddenText(String topic, String appId) {
    return "topic " + topic + " is not allowed for app id " + appId;
  }

  /** What daprd's own publishers are told of a component that is not there. */
  public static String vanishedText(String pubSub) {
    return "pubsub '" + pubSub + "' not found";
  }

  /** The broker did not take it, or the body could not be read. */
  public static DaprError publish(String pubSub, String topic, String cause) {
    return error(
        "ERR_PUBSUB_PUBLISH_MESSAGE",
        500,
        GrpcStatus.INTERNAL,
        "error when publishing to topic " + topic + " in pubsub " + pubSub + ": " + cause,
        pubSub,
        new ErrorInfo("DAPR_PUBSUB_PUBLISH_MESSAGE", Map.of("topic", topic, "error", cause)));
  }

  /** A transaction whose events could not be published beforehand; nothing was stored. */
  public static DaprError outbox(String appId, String cause) {
    return DaprError.rich(
        "ERR_PUBLISH_OUTBOX",
        500,
        GrpcStatus.INTERNAL,
        "error while publishing outbox message: " + cause,
        new ErrorInfo("DAPR_PUBSUB_OUTBOX", Map.of("appID", appId, "error", cause)));
  }

  private static DaprError error(
      String code,
      int httpStatus,
      GrpcStatus grpcStatus,
      String message,
      String pubSub,
      ErrorInfo info) {
    List<ErrorDetail> details = List.of(new ResourceInfo("pubsub", pubSub, message), info);
    return new DaprError(code, httpStatus, grpcStatus, message, null, details, details);
  }
}
