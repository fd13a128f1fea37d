package io.jitney.daemon.pubsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.dapr.v1.DaprPubsubProtos.BulkPublishRequest;
import io.dapr.v1.DaprPubsubProtos.BulkPublishRequestEntry;
import io.dapr.v1.DaprPubsubProtos.BulkPublishResponse;
import io.dapr.v1.DaprPubsubProtos.PublishEventRequest;
import io.jitney.daemon.error.PubSubErrors;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.jitney.daemon.telemetry.Trace;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publish API over gRPC. A bulk of which entries failed fails as a whole, so that clients never
 * see which, as with daprd.
 */
public final class PublishGrpc {
  private final PublishApi api;

  public PublishGrpc(PublishApi api) {
    this.api = api;
  }

  public List<GrpcMethod> methods() {
    return List.of(
        GrpcMethod.dapr("PublishEvent", "publish.v1", PublishEventRequest.parser(), this::publish),
        GrpcMethod.dapr("BulkPublishEvent", "publish.v1", BulkPublishRequest.parser(), this::bulk),
        GrpcMethod.dapr(
            "BulkPublishEventAlpha1", "publish.v1alpha1", BulkPublishRequest.parser(), this::bulk));
  }

  private Future<Empty> publish(GrpcCall call, PublishEventRequest request) {
    PublishCall publish =
        api.begin(
            call.instance(),
            request.getPubsubName(),
            request.getTopic(),
            request.getMetadataMap(),
            PublishCodes.GRPC,
            call.context(),
            trace(call));
    Event event =
        new Event(
            buffer(request.getData()),
            request.getDataContentType(),
            request.getMetadataMap(),
            request.getMetadataCount() > 0);
    return api.publish(publish, event, true).map(done -> Empty.getDefaultInstance());
  }

  /** daprd loses the state of a trace that came over gRPC. */
  private static @Nullable Trace trace(GrpcCall call) {
    Trace trace = call.trace();
    return trace == null || trace.tracestate().isEmpty()
        ? trace
        : new Trace(trace.traceparent(), "");
  }

  private Future<BulkPublishResponse> bulk(GrpcCall call, BulkPublishRequest request) {
    PublishCall publish =
        api.begin(
            call.instance(),
            request.getPubsubName(),
            request.getTopic(),
            request.getMetadataMap(),
            PublishCodes.GRPC,
            call.context(),
            trace(call));
    List<Event.Entry> entries = new ArrayList<>(request.getEntriesCount());
    for (BulkPublishRequestEntry entry : request.getEntriesList()) {
      entries.add(
          new Event.Entry(
              entry.getEntryId(),
              new Event(
                  buffer(entry.getEvent()),
                  entry.getContentType(),
                  entry.getMetadataMap(),
                  entry.getMetadataCount() > 0)));
    }
    return api.publishBulk(publish, entries, request.getMetadataMap())
        .map(done -> BulkPublishResponse.getDefaultInstance())
        .recover(
            failure ->
                failure instanceof PublishFailure.Partial
                    ? Future.failedFuture(
                        PubSubErrors.publish(
                                request.getPubsubName(),
                                request.getTopic(),
                                String.valueOf(failure.getMessage()))
                            .exception())
                    : Future.failedFuture(failure));
  }

  /** Shares the memory of {@code bytes}. */
  private static Buffer buffer(ByteString bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.asReadOnlyByteBuffer()));
  }
}
