package io.jitney.daemon.pubsub;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.dapr.v1.DaprPubsubProtos.BulkPublishRequest;
import io.dapr.v1.DaprPubsubProtos.BulkPublishRequestEntry;
import io.dapr.v1.DaprPubsubProtos.BulkPublishResponse;
import io.dapr.v1.DaprPubsubProtos.PublishEventRequest;
import io.jitney.daemon.testing.GrpcApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;

final class GrpcPublishClient implements PublishClient {
  private final GrpcApiClient grpc;

  GrpcPublishClient(Sidecar sidecar) {
    grpc = new GrpcApiClient(sidecar.grpcPort());
  }

  @Override
  public Result publish(
      String pubSub, String topic, byte[] data, String contentType, Map<String, String> metadata) {
    PublishEventRequest request =
        PublishEventRequest.newBuilder()
            .setPubsubName(pubSub)
            .setTopic(topic)
            .setData(ByteString.copyFrom(data))
            .setDataContentType(contentType)
            .putAllMetadata(metadata)
            .build();
    return result(grpc.dapr("PublishEvent", request, Empty.parser()));
  }

  @Override
  public Result bulk(
      String pubSub, String topic, List<Entry> entries, Map<String, String> metadata) {
    BulkPublishRequest.Builder request =
        BulkPublishRequest.newBuilder()
            .setPubsubName(pubSub)
            .setTopic(topic)
            .putAllMetadata(metadata);
    for (Entry entry : entries) {
      Map<String, String> own = entry.metadata();
      request.addEntries(
          BulkPublishRequestEntry.newBuilder()
              .setEntryId(entry.entryId())
              .setEvent(ByteString.copyFromUtf8(entry.data()))
              .setContentType(entry.contentType())
              .putAllMetadata(own == null ? Map.of() : own));
    }
    return result(grpc.dapr("BulkPublishEvent", request.build(), BulkPublishResponse.parser()));
  }

  private static Result result(GrpcApiClient.Answer<?> answer) {
    if (answer.status() == GrpcStatus.OK) {
      return Result.OK;
    }
    String reason = "";
    try {
      for (Any detail : answer.details().getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        }
      }
    } catch (InvalidProtocolBufferException broken) {
      throw new AssertionError(broken);
    }
    Outcome outcome =
        switch (answer.status()) {
          case INVALID_ARGUMENT ->
              answer.message().endsWith("is not found") ? Outcome.NOT_FOUND : Outcome.INVALID;
          case PERMISSION_DENIED -> Outcome.DENIED;
          case INTERNAL -> Outcome.FAILED;
          case UNIMPLEMENTED -> Outcome.ABSENT;
          default -> throw new AssertionError(answer);
        };
    return new Result(outcome, answer.message(), reason);
  }

  @Override
  public void close() {
    grpc.close();
  }
}
