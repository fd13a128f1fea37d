package io.jitney.daemon.subscription;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsRequestAlpha1;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsRequestInitialAlpha1;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsResponseAlpha1;
import io.dapr.v1.DaprPubsubProtos.SubscribeTopicEventsResponseInitialAlpha1;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.SubscribeErrors;
import io.jitney.daemon.grpc.GrpcCall;
import io.jitney.daemon.grpc.GrpcMethod;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code SubscribeTopicEventsAlpha1}: events over a stream that the app opens. */
public final class SubscribeGrpc {
  public List<GrpcMethod> methods() {
    return List.of(
        new GrpcMethod.Streaming(
            "dapr.proto.runtime.v1.Dapr/SubscribeTopicEventsAlpha1",
            "subscribe.v1alpha1",
            call -> new Session(call).begin()));
  }

  /** One client's stream; on its connection's event loop. */
  private static final class Session {
    private final GrpcCall call;
    private final ContextInternal home = ContextInternal.current();
    private boolean asked;
    private boolean over;
    private boolean endsEarly;
    private @Nullable EventStream stream;

    /** Events that came while the subscription was being made. */
    private final List<Runnable> waiting = new ArrayList<>();

    Session(GrpcCall call) {
      this.call = call;
    }

    void begin() {
      call.request().handler(this::received);
      call.request().endHandler(end -> ended());
      call.onGone(() -> gone(false));
    }

    private void received(Buffer bytes) {
      if (over) {
        return;
      }
      SubscribeTopicEventsRequestAlpha1 message;
      try {
        message = SubscribeTopicEventsRequestAlpha1.parseFrom(bytes.getBytes());
      } catch (InvalidProtocolBufferException broken) {
        call.fail(GrpcStatus.INTERNAL, "grpc: error unmarshalling request");
        gone(false);
        return;
      }
      if (!asked) {
        asked = true;
        initial(message);
        return;
      }
      switch (message.getSubscribeTopicEventsRequestTypeCase()) {
        case INITIAL_REQUEST -> refuse(SubscribeErrors.duplicateInitial());
        case EVENT_PROCESSED -> {
          EventStream open = stream;
          if (open != null) {
            open.processed(message.getEventProcessed());
          }
        }
        case SUBSCRIBETOPICEVENTSREQUESTTYPE_NOT_SET -> {}
      }
    }

    private void initial(SubscribeTopicEventsRequestAlpha1 message) {
      if (!message.hasInitialRequest()) {
        refuse(SubscribeErrors.initialRequired());
        return;
      }
      SubscribeTopicEventsRequestInitialAlpha1 initial = message.getInitialRequest();
      if (initial.getPubsubName().isEmpty()) {
        refuse(SubscribeErrors.pubsubRequired());
        return;
      }
      if (initial.getTopic().isEmpty()) {
        refuse(SubscribeErrors.topicRequired());
        return;
      }
      EventStream.open(
              call.instance().subscriptions(),
              initial,
              event ->
                  send(
                      SubscribeTopicEventsResponseAlpha1.newBuilder()
                          .setEventMessage(event)
                          .build()),
              () -> here(() -> refuse(SubscribeErrors.streamClosed())))
          .onComplete(
              done ->
                  here(
                      () -> {
                        if (done.failed()) {
                          refuse(ErrorMapping.of(done.cause()));
                        } else {
                          opened(done.result());
                        }
                      }));
    }

    /** The client says no more; it still hears that its stream was opened. */
    private void ended() {
      if (asked && stream == null) {
        endsEarly = true;
      } else {
        gone(true);
      }
    }

    private void opened(EventStream made) {
      if (over) {
        made.gone();
        return;
      }
      stream = made;
      write(
          SubscribeTopicEventsResponseAlpha1.newBuilder()
              .setInitialResponse(SubscribeTopicEventsResponseInitialAlpha1.getDefaultInstance())
              .build());
      waiting.forEach(Runnable::run);
      waiting.clear();
      if (endsEarly) {
        gone(true);
      }
    }

    private void here(Runnable work) {
      call.instance().account().run(home, work);
    }

    private Future<Void> send(MessageLite message) {
      Promise<Void> taken = Promise.promise();
      here(
          () -> {
            if (stream == null) {
              waiting.add(() -> write(message).onComplete(taken));
            } else {
              write(message).onComplete(taken);
            }
          });
      return taken.future();
    }

    private Future<Void> write(MessageLite message) {
      return over
          ? Future.failedFuture("the stream is over")
          : call.response().write(Buffer.buffer(message.toByteArray()));
    }

    private void refuse(DaprError error) {
      if (!over) {
        call.fail(error);
        gone(false);
      }
    }

    /**
     * Nobody listens any more.
     *
     * @param politely the client has said so, and waits for the end
     */
    private void gone(boolean politely) {
      if (over) {
        return;
      }
      over = true;
      EventStream open = stream;
      if (open != null) {
        open.gone();
      }
      if (politely && !call.ended()) {
        call.response().end().onFailure(gone -> {});
      }
    }
  }
}
