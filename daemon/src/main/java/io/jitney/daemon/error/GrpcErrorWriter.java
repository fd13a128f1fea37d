package io.jitney.daemon.error;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Help;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import java.util.Base64;
import java.util.Map;

/** {@code grpc-status-details-bin} of an error: a base64 {@code google.rpc.Status}. */
public final class GrpcErrorWriter {
  private GrpcErrorWriter() {}

  /** Message of the gRPC status. */
  public static String message(DaprError error) {
    return error.grpcMessage() == null ? error.message() : error.grpcMessage();
  }

  /** Message of the gRPC status, percent-encoded as {@code grpc-message} wants it. */
  public static String encodedMessage(DaprError error) {
    return GrpcMessageText.encode(message(error));
  }

  /** Header value without padding, as gRPC implementations send binary metadata. */
  public static String detailsHeader(DaprError error) {
    Status.Builder status =
        Status.newBuilder().setCode(error.grpcStatus().code).setMessage(message(error));
    for (ErrorDetail detail : error.grpcDetails()) {
      status.addDetails(Any.pack(toProto(detail)));
    }
    return Base64.getEncoder().withoutPadding().encodeToString(status.build().toByteArray());
  }

  private static Message toProto(ErrorDetail detail) {
    return switch (detail) {
      case ErrorDetail.ErrorInfo info ->
          ErrorInfo.newBuilder()
              .setReason(info.reason())
              .setDomain(info.domain())
              .putAllMetadata(info.metadata() == null ? Map.of() : info.metadata())
              .build();
      case ErrorDetail.ResourceInfo resource ->
          ResourceInfo.newBuilder()
              .setResourceType(resource.type())
              .setResourceName(resource.name())
              .setDescription(resource.description())
              .build();
      case ErrorDetail.BadRequest bad -> {
        BadRequest.Builder builder = BadRequest.newBuilder();
        bad.violations()
            .forEach(
                violation ->
                    builder
                        .addFieldViolationsBuilder()
                        .setField(violation.field())
                        .setDescription(violation.description()));
        yield builder.build();
      }
      case ErrorDetail.Help help ->
          Help.newBuilder()
              .addLinks(
                  Help.Link.newBuilder().setUrl(help.url()).setDescription(help.description()))
              .build();
      case ErrorDetail.RetryInfo retry ->
          RetryInfo.newBuilder()
              .setRetryDelay(
                  Duration.newBuilder()
                      .setSeconds(retry.delayMillis() / 1000)
                      .setNanos((int) (retry.delayMillis() % 1000) * 1_000_000))
              .build();
    };
  }
}
