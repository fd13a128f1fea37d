package io.jitney.daemon.grpc;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.memory.AnswerPieces;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Baggage;
import io.jitney.daemon.telemetry.BinaryTrace;
import io.jitney.daemon.telemetry.Trace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import org.jspecify.annotations.Nullable;

/** One call on the gRPC API. Lives on its connection's event loop. */
public final class GrpcCall {
  /** Metadata of InvokeService under which the call's authority reaches HTTP apps, as in daprd. */
  public static final String AUTHORITY = "dapr-authority";

  private static final String TRACE_BIN = "grpc-trace-bin";
  static final String INVOKE_SERVICE = "dapr.proto.runtime.v1.Dapr/InvokeService";

  private final AppInstance instance;
  private final GrpcServerRequest<Buffer, Buffer> request;
  private final @Nullable Trace trace;
  private final CallMemory memory;
  private final HttpServerRequest http;
  private final Patience patience;
  private boolean ended;

  /**
   * @param http what the call came as
   * @param memory what it holds
   * @param patience its client's
   */
  GrpcCall(
      AppInstance instance,
      GrpcServerRequest<Buffer, Buffer> request,
      HttpServerRequest http,
      CallMemory memory,
      Patience patience) {
    this.instance = instance;
    this.request = request;
    this.http = http;
    this.patience = patience;
    this.memory = memory;
    String binary = request.headers().get(TRACE_BIN);
    String parent = binary == null ? null : BinaryTrace.decode(binary);
    this.trace =
        instance
            .configuration()
            .tracing()
            .start(
                parent == null ? request.headers().get("traceparent") : parent,
                request.headers().get("tracestate"));
  }

  /** What this call holds. */
  public CallMemory memory() {
    return memory;
  }

  public AppInstance instance() {
    return instance;
  }

  public GrpcServerRequest<Buffer, Buffer> request() {
    return request;
  }

  public GrpcServerResponse<Buffer, Buffer> response() {
    return request.response();
  }

  /** {@code package.Service/Method}. */
  public String method() {
    return request.fullMethodName();
  }

  /** Metadata the client sent. */
  public MultiMap metadata() {
    return request.headers();
  }

  public @Nullable String metadata(String name) {
    return request.headers().get(name);
  }

  /** Trace context of this call; null when tracing is off. */
  public @Nullable Trace trace() {
    return trace;
  }

  /** Context for calls into components: the API's deadline or the client's, and the trace. */
  public CallContext context() {
    CallContext context =
        instance
            .callContext(trace == null ? null : trace.traceparent())
            .whileWanted(this::isWanted);
    long deadline = patience.deadlineNanos();
    return context.deadlineNanos() - deadline > 0 ? context.until(deadline) : context;
  }

  /** Whether the client still waits for its answer. Any thread. */
  public boolean isWanted() {
    return patience.lasts();
  }

  /**
   * Runs {@code told} when the client cancels or its connection breaks before the call has ended.
   */
  public void onGone(Runnable told) {
    request.errorHandler(error -> told.run());
    request.exceptionHandler(broken -> told.run());
    response().exceptionHandler(broken -> told.run());
  }

  /** Whether a status was sent. */
  public boolean ended() {
    return ended;
  }

  /**
   * Sends the only message and ends the call with OK; fails, with nothing sent, when there is no
   * memory for it.
   */
  public Future<Void> reply(Buffer message) {
    Throwable refused = memory.answer(message.length());
    if (refused != null) {
      return Future.failedFuture(refused);
    }
    ended = true;
    Future<Void> sent = response().end(message);
    AnswerPieces.untilTaken(http, message.length(), sent, memory);
    return sent;
  }

  /**
   * Its message will not come to its end. Unless that is the daemon's own refusal, the stream is
   * broken, perhaps its whole connection: an answer would break it again, for every stream of it.
   */
  void brokeOff(Throwable cause) {
    if (!(cause instanceof DaprException)) {
      ended = true;
    }
  }

  /** Ends the call with an error status; the first ending counts. */
  public void fail(DaprError error) {
    if (ended) {
      return;
    }
    if (!error.grpcDetails().isEmpty()) {
      response().trailers().set("grpc-status-details-bin", GrpcErrorWriter.detailsHeader(error));
    }
    instance.metrics().error(error.errorCode());
    fail(error.grpcStatus(), GrpcErrorWriter.message(error));
  }

  /** Ends the call with a bare status; the first ending counts. */
  public void fail(GrpcStatus status, String message) {
    if (ended) {
      return;
    }
    ended = true;
    try {
      response().status(status).statusMessage(message);
      response().end();
    } catch (IllegalStateException cancelled) {
      // Its client has cancelled it: there is nobody to tell.
    }
  }

  /** Checks and echoes {@code baggage}; false when the call was ended for it. */
  boolean acceptBaggage() {
    String baggage = trace == null ? null : metadata("baggage");
    if (baggage == null) {
      return true;
    }
    String problem = Baggage.problem(baggage);
    if (problem != null) {
      fail(GrpcStatus.INVALID_ARGUMENT, "invalid baggage header: " + problem);
      return false;
    }
    response().headers().set("baggage", baggage);
    return true;
  }

  /** Sends the trace back as daprd does for its own methods, InvokeService excepted. */
  void announceTrace() {
    if (trace != null && !method().equals(INVOKE_SERVICE)) {
      response().headers().set(TRACE_BIN, BinaryTrace.encode(trace.traceparent()));
    }
  }
}
