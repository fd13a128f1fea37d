package io.jitney.daemon.error;

import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;

/**
 * Errors of the subscribe half of pub/sub: what streams are refused with, and the texts about
 * deliveries that reach brokers and logs.
 */
public final class SubscribeErrors {
  private static final int LONGEST_BODY = 1_024;

  private SubscribeErrors() {}

  public static DaprError initialRequired() {
    return stream("initial request is required");
  }

  public static DaprError pubsubRequired() {
    return stream("pubsubName is required");
  }

  public static DaprError topicRequired() {
    return stream("topic is required");
  }

  public static DaprError duplicateInitial() {
    return stream("duplicate initial request received");
  }

  public static DaprError streamClosed() {
    return stream("stream closed");
  }

  /**
   * The broker or the component's scopes refuse.
   *
   * @param cause in words
   */
  public static DaprError streamRefused(String pubsub, String cause) {
    return stream("failed to create subscription for " + pubsub + ": " + cause);
  }

  private static DaprError stream(String message) {
    return DaprError.plain("ERR_PUBSUB_SUBSCRIBE", 500, GrpcStatus.UNKNOWN, message);
  }

  /** A stream is opened while the instance shuts down. */
  public static DaprError closed() {
    String message = "failed deserializing metadata. Error: subscriber is closed";
    return DaprError.rich(
        "ERR_PUBSUB_REQUEST_METADATA",
        400,
        GrpcStatus.INVALID_ARGUMENT,
        message,
        new ErrorDetail.ResourceInfo("pubsub", "", message),
        new ErrorDetail.ErrorInfo("DAPR_PUBSUB_METADATA_DESERIALIZATION", Map.of()));
  }

  public static DaprError pubsubNotFound(String pubsub) {
    return DaprError.rich(
        "ERR_PUBSUB_NOT_FOUND",
        404,
        GrpcStatus.INVALID_ARGUMENT,
        "pubsub " + pubsub + " is not found",
        new ErrorDetail.ErrorInfo("DAPR_PUBSUB_NOT_FOUND", Map.of()));
  }

  public static String notAllowed(String pubsub, String topic) {
    return "subscription to topic '" + topic + "' on pubsub '" + pubsub + "' is not allowed";
  }

  public static String retryAsked() {
    return "RETRY status returned from app while processing pub/sub event";
  }

  public static String unknownStatus(String status) {
    return "unknown status returned from app while processing pub/sub event: " + status;
  }

  public static String retriableStatus(int status, Buffer body) {
    String text = body.getString(0, Math.min(LONGEST_BODY, body.length()));
    return "retriable error returned from app while processing pub/sub event, body: "
        + text
        + ". status code returned: "
        + status;
  }

  public static String grpcFailure(String code, String message) {
    return "error returned from app while processing pub/sub event: rpc error: code = "
        + code
        + " desc = "
        + message;
  }

  public static String unreachable(String cause) {
    return "error from app channel while sending pub/sub event to app: " + cause;
  }

  public static String unreadableBulkAnswer(String cause) {
    return "failed unmarshalling app response for bulk subscribe: " + cause;
  }

  public static String entriesFailed(int count) {
    return count + " entries of a bulk were not handled by the app";
  }
}
