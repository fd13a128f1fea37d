package io.jitney.daemon.subscription;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequest;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkRequestEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventBulkResponseEntry;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse;
import io.dapr.v1.DaprAppCallbackProtos.TopicEventResponse.TopicEventResponseStatus;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.memory.MemoryLedger;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events of one subscription on their way to an app that speaks gRPC. {@code app-max-concurrency}
 * does not hold for them, as in daprd.
 */
final class GrpcTarget implements EventTarget, BulkTarget {
  private static final String SERVICE = "/dapr.proto.runtime.v1.AppCallback/";
  private static final String EVENT = SERVICE + "OnTopicEvent";
  private static final String BULK = SERVICE + "OnBulkTopicEvent";
  private static final String BULK_ALPHA =
      "/dapr.proto.runtime.v1.AppCallbackAlpha/OnBulkTopicEventAlpha1";

  private final GrpcAppChannel channel;
  private final Account account;
  private final MemoryLedger ledger;
  private final String component;

  /**
   * @param ledger where answers count that are larger than usual
   */
  GrpcTarget(GrpcAppChannel channel, Account account, MemoryLedger ledger, String component) {
    this.channel = channel;
    this.account = account;
    this.ledger = ledger;
    this.component = component;
  }

  @Override
  public boolean whole() {
    return true;
  }

  @Override
  public Future<Verdict> deliver(Event event, String path, @Nullable Trace trace, Attempt attempt) {
    return Aside.work(
            account, event.body().length(), () -> GrpcEvents.single(event, component, path))
        .compose(message -> call(EVENT, event.metadata(), trace, message, attempt))
        .compose(
            answer -> {
              if (answer.code() == GrpcStatus.UNIMPLEMENTED.code) {
                return Future.succeededFuture(Verdict.UNHEARD);
              }
              return answer.ok() ? verdict(answer) : Future.failedFuture(failure(answer));
            });
  }

  private static Future<Verdict> verdict(GrpcAnswer answer) {
    try {
      return Future.succeededFuture(
          verdict(TopicEventResponse.parseFrom(answer.data().getBytes()).getStatus()));
    } catch (InvalidProtocolBufferException broken) {
      return Future.failedFuture(
          new DeliveryException(
              SubscribeErrors.unreachable("grpc: failed to unmarshal the received message")));
    } catch (DeliveryException again) {
      return Future.failedFuture(again);
    }
  }

  /**
   * What a status means.
   *
   * @throws DeliveryException for one that asks for another attempt, and for one without a meaning
   */
  static Verdict verdict(TopicEventResponseStatus status) {
    return switch (status) {
      case SUCCESS -> Verdict.SUCCESS;
      case DROP -> Verdict.DROP;
      case RETRY -> throw new DeliveryException(SubscribeErrors.retryAsked());
      case UNRECOGNIZED -> throw new DeliveryException(SubscribeErrors.unknownStatus("unknown"));
    };
  }

  @Override
  public Future<Map<String, Verdict>> deliver(Batch batch, @Nullable Trace trace, Attempt attempt) {
    Map<String, String> metadata = Map.of("pubsubName", batch.component());
    return Aside.work(account, batch.bytes(), () -> encode(batch))
        .compose(
            message ->
                call(BULK, metadata, trace, message, attempt)
                    .compose(
                        answer ->
                            answer.code() == GrpcStatus.UNIMPLEMENTED.code
                                ? call(BULK_ALPHA, metadata, trace, message, attempt)
                                : Future.succeededFuture(answer)))
        .compose(
            answer -> {
              if (answer.code() == GrpcStatus.UNIMPLEMENTED.code) {
                return Future.succeededFuture(HttpTarget.unheard(batch));
              }
              return answer.ok() ? verdicts(answer) : Future.failedFuture(failure(answer));
            });
  }

  private static Future<Map<String, Verdict>> verdicts(GrpcAnswer answer) {
    Map<String, Verdict> verdicts = new HashMap<>();
    try {
      TopicEventBulkResponse response = TopicEventBulkResponse.parseFrom(answer.data().getBytes());
      for (TopicEventBulkResponseEntry entry : response.getStatusesList()) {
        switch (entry.getStatus()) {
          case SUCCESS -> verdicts.put(entry.getEntryId(), Verdict.SUCCESS);
          case DROP -> verdicts.put(entry.getEntryId(), Verdict.DROP);
          case RETRY, UNRECOGNIZED -> verdicts.remove(entry.getEntryId());
        }
      }
    } catch (InvalidProtocolBufferException broken) {
      return Future.failedFuture(
          new DeliveryException(SubscribeErrors.unreadableBulkAnswer("no such message")));
    }
    return Future.succeededFuture(verdicts);
  }

  private static TopicEventBulkRequest encode(Batch batch) {
    TopicEventBulkRequest.Builder request =
        TopicEventBulkRequest.newBuilder()
            .setId(batch.id())
            .setTopic(batch.topic())
            .setPubsubName(batch.component())
            .setType("com.dapr.event.sent.bulk")
            .setPath(batch.path())
            .putMetadata("pubsubName", batch.component());
    for (Entry entry : batch.entries()) {
      TopicEventBulkRequestEntry.Builder made =
          TopicEventBulkRequestEntry.newBuilder()
              .setEntryId(entry.id())
              .putAllMetadata(entry.message().metadata());
      String contentType = entry.message().contentType();
      if (contentType != null) {
        made.setContentType(contentType);
      }
      Event event = entry.event();
      if (event == null) {
        made.setBytes(ByteString.copyFrom(entry.message().data().getBytes()));
      } else {
        made.setCloudEvent(GrpcEvents.entry(event));
      }
      request.addEntries(made);
    }
    return request.build();
  }

  private Future<GrpcAnswer> call(
      String method,
      Map<String, String> metadata,
      @Nullable Trace trace,
      MessageLite message,
      Attempt attempt) {
    CallMemory memory = new CallMemory(ledger);
    return channel
        .event(
            account,
            method,
            headers -> EventHeaders.toGrpc(metadata, trace, channel.token(), headers),
            message,
            memory,
            attempt::runs)
        .onComplete(answered -> memory.ends());
  }

  private static DeliveryException failure(GrpcAnswer answer) {
    return new DeliveryException(
        SubscribeErrors.grpcFailure(answer.status().name(), answer.message()), answer.code());
  }
}
