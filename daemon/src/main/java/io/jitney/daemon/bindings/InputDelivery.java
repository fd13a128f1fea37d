package io.jitney.daemon.bindings;

import com.google.protobuf.ByteString;
import io.dapr.v1.CommonProtos.HTTPExtension.Verb;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventRequest;
import io.dapr.v1.DaprAppCallbackProtos.BindingEventResponse;
import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.daemon.admission.DeliveryGate;
import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.channel.GrpcAnswer;
import io.jitney.daemon.channel.GrpcAppChannel;
import io.jitney.daemon.channel.HttpAppChannel;
import io.jitney.daemon.gojson.GoEncode;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.invoke.EventCalls;
import io.jitney.daemon.invoke.EventCalls.Reply;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.resiliency.ComponentType;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.telemetry.BinaryTrace;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Admission.Refused;
import io.jitney.tenancy.admission.CallKind;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings events of input bindings to the app of one instance: admitted as deliveries, on the
 * tenant's account, under the component's inbound policy.
 */
final class InputDelivery {
  private static final String SCOPE = "dapr.runtime.processor.binding";
  private static final String ON_EVENT = "/dapr.proto.runtime.v1.AppCallback/OnBindingEvent";
  private static final String TRACE_BIN = "grpc-trace-bin";
  private static final int OK = 200;

  /** Between two looks for room. */
  private static final long PAUSE_MILLIS = 250;

  private final Vertx vertx;
  private final AppInstance instance;
  private final BindingsApi api;
  private final DeliveryGate gate;

  InputDelivery(Vertx vertx, AppInstance instance, BindingsApi api) {
    this.gate = new DeliveryGate(vertx, instance.admission(), instance::account);
    this.vertx = vertx;
    this.instance = instance;
    this.api = api;
  }

  /** An answer that the inbound policy may repeat the call for. Stackless. */
  private static final class Unwanted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;
    private final transient @Nullable Reply reply;

    Unwanted(int code, String message, @Nullable Reply reply) {
      super(message, null, false, false);
      this.code = code;
      this.reply = reply;
    }
  }

  /**
   * One event. Call on an event loop.
   *
   * @return what the app answered, for the component; fails when it did not take the event
   */
  Future<Buffer> deliver(OpenInput binding, BindingEvent event) {
    AppChannel channel = instance.channel();
    if (channel == null) {
      return Future.failedFuture("error invoking app: there is no app channel");
    }
    return place(binding, event.data().length())
        .compose(admitted -> admitted(admitted, channel, binding, event));
  }

  /**
   * A place of the tenant's quota. What a broker keeps waits for one, a clock's event is over: it
   * does not pile up.
   */
  private Future<Admitted> place(OpenInput binding, long bytes) {
    if (!isClocked(binding)) {
      return gate.enter(bytes);
    }
    return switch (instance.admission().admit(CallKind.DELIVERY, bytes)) {
      case Admitted admitted -> Future.succeededFuture(admitted);
      case Refused refused -> {
        instance
            .log()
            .warn(
                SCOPE,
                "an event of binding "
                    + binding.name()
                    + " is not delivered: tenant limit reached: "
                    + refused.limit());
        yield Future.failedFuture("tenant limit reached: " + refused.limit());
      }
    };
  }

  private static boolean isClocked(OpenInput binding) {
    return binding.binding() instanceof InputBinding.Clocked;
  }

  private Future<Buffer> admitted(
      Admitted admitted, AppChannel channel, OpenInput binding, BindingEvent event) {
    long start = System.nanoTime();
    Promise<Buffer> promise = Promise.promise();
    instance
        .account()
        .run(
            ContextInternal.current(),
            () -> remembered(channel, binding, event).onComplete(promise));
    return promise
        .future()
        .onComplete(
            done -> {
              gate.leave(admitted);
              ended(binding, done.cause(), System.nanoTime() - start);
            });
  }

  private void ended(OpenInput binding, @Nullable Throwable failure, long nanos) {
    instance.metrics().inputBinding(binding.name(), failure == null, nanos);
    if (failure != null) {
      instance
          .log()
          .debug(
              SCOPE,
              "error from app consumer for binding ["
                  + binding.name()
                  + "]: "
                  + failure.getMessage());
    }
  }

  /**
   * The event and the answer are held in the node's memory on the tenant's account. What a broker
   * keeps waits for room as long as it takes.
   */
  private Future<Buffer> remembered(AppChannel channel, OpenInput binding, BindingEvent event) {
    CallMemory memory = new CallMemory(instance.memory());
    Future<Void> room = memory.enter("OnBindingEvent", event.data().length());
    if (room == null) {
      return send(channel, binding, event, memory).onComplete(done -> memory.ends());
    }
    return room.transform(
        granted -> {
          if (granted.succeeded()) {
            return send(channel, binding, event, memory).onComplete(done -> memory.ends());
          }
          memory.ends();
          return isClocked(binding)
              ? Future.failedFuture(granted.cause())
              : vertx.timer(PAUSE_MILLIS).compose(again -> remembered(channel, binding, event));
        });
  }

  private Future<Buffer> send(
      AppChannel channel, OpenInput binding, BindingEvent event, CallMemory memory) {
    Trace trace = trace(event.metadata());
    return switch (channel) {
      case HttpAppChannel http -> http(http, binding, event, trace, memory);
      case GrpcAppChannel grpc -> grpc(grpc, binding, event, trace, memory);
    };
  }

  private @Nullable Trace trace(Map<String, String> metadata) {
    String binary = metadata.get(TRACE_BIN);
    String parent = binary == null ? metadata.get("traceparent") : BinaryTrace.decode(binary);
    return instance.configuration().tracing().start(parent, metadata.get("tracestate"));
  }

  /** Attempts under the inbound policy; what a timed-out one left running is taken back. */
  private <T> Future<T> attempts(
      OpenInput binding, Function<Consumer<Runnable>, Future<T>> attempt) {
    Resiliency resiliency = instance.resiliency();
    Policy policy = resiliency.inbound(ComponentType.BINDING, binding.name());
    AtomicReference<Runnable> running = new AtomicReference<>(() -> {});
    return resiliency
        .run(
            policy,
            failure -> failure instanceof Unwanted unwanted ? unwanted.code : Resiliency.NO_CODE,
            () -> {
              running.getAndSet(() -> {}).run();
              return attempt.apply(running::set);
            })
        .onComplete(done -> running.getAndSet(() -> {}).run());
  }

  private Future<Buffer> http(
      HttpAppChannel channel,
      OpenInput binding,
      BindingEvent event,
      @Nullable Trace trace,
      CallMemory memory) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(event.metadata());
    EventCalls.Event call =
        new EventCalls.Event(
            Verb.POST, binding.route(), headers, "application/json", event.data(), trace);
    return attempts(
            binding,
            started ->
                EventCalls.send(
                        channel,
                        instance.account(),
                        call,
                        memory,
                        instance.settings().maxBodySize(),
                        started)
                    .map(InputDelivery::wanted))
        .recover(InputDelivery::accepted)
        .recover(failure -> Future.failedFuture("error invoking app: " + failure.getMessage()))
        .compose(
            reply ->
                reply.status() / 100 == 2
                    ? Future.succeededFuture(reply.body())
                    : Future.failedFuture(
                        "fails to send binding event to http app channel, status code: "
                            + reply.status()
                            + " body: "
                            + reply.body()));
  }

  /** For the policy only 200 is success. */
  private static Reply wanted(Reply reply) {
    if (reply.status() != OK) {
      throw new Unwanted(
          reply.status(),
          "error sending binding event to application, status " + reply.status(),
          reply);
    }
    return reply;
  }

  private static Future<Reply> accepted(Throwable failure) {
    return failure instanceof Unwanted unwanted && unwanted.reply != null
        ? Future.succeededFuture(unwanted.reply)
        : Future.failedFuture(failure);
  }

  private Future<Buffer> grpc(
      GrpcAppChannel channel,
      OpenInput binding,
      BindingEvent event,
      @Nullable Trace trace,
      CallMemory memory) {
    BindingEventRequest request =
        BindingEventRequest.newBuilder()
            .setName(binding.name())
            .setData(ByteString.copyFrom(event.data().getBytes()))
            .putAllMetadata(event.metadata())
            .build();
    return attempts(
            binding,
            started ->
                channel
                    .event(
                        instance.account(),
                        ON_EVENT,
                        metadata -> metadata(channel, metadata, trace),
                        request,
                        memory,
                        started)
                    .map(InputDelivery::ok))
        .recover(failure -> Future.failedFuture("error invoking app: " + failure.getMessage()))
        .compose(this::answered);
  }

  private static void metadata(GrpcAppChannel channel, MultiMap metadata, @Nullable Trace trace) {
    if (!channel.token().isEmpty()) {
      metadata.set("dapr-api-token", channel.token());
    }
    if (trace != null) {
      metadata.set("traceparent", trace.traceparent());
      if (!trace.tracestate().isEmpty()) {
        metadata.set("tracestate", trace.tracestate());
      }
      if (trace != Trace.NONE) {
        metadata.set(TRACE_BIN, BinaryTrace.encode(trace.traceparent()));
      }
    }
  }

  private static GrpcAnswer ok(GrpcAnswer answer) {
    if (!answer.ok()) {
      throw new Unwanted(
          answer.code(),
          "rpc error: code = " + answer.code() + " desc = " + answer.message(),
          null);
    }
    return answer;
  }

  private Future<Buffer> answered(GrpcAnswer answer) {
    BindingEventResponse response;
    try {
      response = BindingEventResponse.parseFrom(answer.data().getBytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException malformed) {
      return Future.failedFuture("error invoking app: " + malformed.getMessage());
    }
    Buffer data = Buffer.buffer(response.getData().toByteArray());
    if (response.getToCount() == 0) {
      return Future.succeededFuture(data);
    }
    Buffer json = GoEncode.againOrNull(data);
    boolean parallel =
        response.getConcurrency() == BindingEventResponse.BindingEventConcurrency.PARALLEL;
    Function<String, Future<Void>> call = target -> create(target, json);
    return (parallel
            ? EachTarget.together(instance.account(), response.getToList(), call)
            : EachTarget.inTurn(instance.account(), response.getToList(), call))
        .onFailure(
            failure ->
                instance
                    .log()
                    .error(SCOPE, "error executing app response: " + failure.getMessage()))
        .transform(done -> Future.succeededFuture(data));
  }

  private Future<Void> create(String target, Buffer data) {
    return api.invoke(instance, null, target, new BindingRequest("create", data, Map.of()))
        .compose(
            answer ->
                answer.error() == null
                    ? Future.succeededFuture()
                    : Future.failedFuture(answer.error().message()));
  }
}
