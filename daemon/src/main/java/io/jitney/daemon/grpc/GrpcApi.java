package io.jitney.daemon.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.jitney.daemon.admission.ClientGoneException;
import io.jitney.daemon.admission.MeteredRequest;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.error.GrpcErrors;
import io.jitney.daemon.http.ApiTokenCheck;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.isolation.RequestTurn;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.MessageSizeOverflowException;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a call on the gRPC API port, in daprd's order (spec 01 section 6.1): API access
 * list, token, admission (before the message is read), trace, method, error writing. One object for
 * the node; the instance comes with the connection.
 */
public final class GrpcApi {
  private static final String RUNTIME = "/dapr.proto.runtime.";

  private static final String SHUTDOWN = "/dapr.proto.runtime.v1.Dapr/Shutdown";

  /**
   * Never on an access list: what a method of the Dapr service that does not exist is looked up as.
   */
  private static final String UNKNOWN_METHOD = "unknown.v0";

  /** Bytes from which reading and writing a message is not left to the event loop. */
  private static final int LARGE_MESSAGE = 256 * 1024;

  /** Takes whole requests, before anything of them was read. */
  @FunctionalInterface
  public interface Proxy {
    void handle(AppInstance instance, HttpServerRequest request);
  }

  private final Vertx vertx;
  private final Map<String, GrpcMethod> methods;
  private final Proxy otherwise;

  /**
   * @param methods all methods this daemon serves
   * @param otherwise what gets every other method: gRPC proxying
   */
  public GrpcApi(Vertx vertx, List<GrpcMethod> methods, Proxy otherwise) {
    this.vertx = vertx;
    this.methods =
        methods.stream()
            .collect(Collectors.toUnmodifiableMap(GrpcMethod::fullName, Function.identity()));
    this.otherwise = otherwise;
  }

  /** The handler of requests of one instance; usable on every event loop. */
  public Handler<HttpServerRequest> handlerOf(AppInstance instance) {
    return handlerOf(instance, instance.settings().apiToken());
  }

  /**
   * Handles a request of a caller that is known to be the instance's app: its token is not asked
   * for again.
   */
  public void handleKnown(AppInstance instance, HttpServerRequest request) {
    instance.nodeGrpc(() -> handlerOf(instance, "")).handle(request);
  }

  private Handler<HttpServerRequest> handlerOf(AppInstance instance, String token) {
    long limit = instance.settings().maxBodySize();
    GrpcServerOptions options =
        new GrpcServerOptions().setMaxMessageSize(limit > 0 ? limit : Integer.MAX_VALUE);
    for (GrpcProtocol protocol : GrpcProtocol.values()) {
      if (protocol != GrpcProtocol.HTTP_2) {
        options.removeEnabledProtocol(protocol);
      }
    }
    GrpcServer server = GrpcServer.server(vertx, options);
    server.callHandler(request -> dispatch(instance, request));
    return request -> admit(instance, request, server, token);
  }

  private void admit(
      AppInstance instance, HttpServerRequest request, GrpcServer server, String token) {
    ConnectionMeter meter = meter(instance, request);
    String path = Objects.requireNonNullElse(request.path(), "");
    DaprError refusal = check(instance, request, path, token);
    if (refusal != null) {
      refuse(request, refusal);
      return;
    }
    if (path.equals(SHUTDOWN)) { // control traffic is never refused
      long start = System.nanoTime();
      instance.calls().begin();
      CallMemory memory = new CallMemory(instance.memory());
      Patience patience = new Patience(request, start);
      request
          .response()
          .endHandler(
              done -> {
                patience.end();
                over(instance, request, path, () -> {}, start);
                memory.ends();
              });
      run(new Entering(instance, request, server, path, memory, patience), false);
      return;
    }
    CallKind kind = kind(request, path);
    switch (instance.admission().admit(kind, MeteredRequest.length(request))) {
      case Admission.Refused refused -> {
        instance.refusals().grpc(request, refused);
        if (meter != null) {
          meter.refused();
        }
      }
      case Admission.Admitted admitted -> {
        HttpServerRequest metered =
            MeteredRequest.of(
                request,
                instance.admission(),
                admitted,
                instance.refusals(),
                kind == CallKind.STREAM);
        long start = System.nanoTime();
        instance.calls().begin();
        Account account = instance.account();
        account.usage().call(block(path));
        Patience patience = new Patience(request, start);
        Entering entering =
            new Entering(
                instance, metered, server, path, new CallMemory(instance.memory()), patience);
        @Nullable RequestTurn[] turn = {null};
        request
            .response()
            .endHandler(
                done -> {
                  patience.end();
                  RequestTurn waited = turn[0];
                  if (waited != null) {
                    waited.cancel();
                  }
                  over(instance, request, path, admitted::release, start);
                  entering.memory().ends();
                });
        if (meter == null || meter.gate().isFree()) {
          enter(entering, meter, false);
        } else {
          request.pause();
          turn[0] =
              RequestTurn.await(
                  meter.gate(),
                  account,
                  GrpcTimeout.deadline(request.getHeader("grpc-timeout"), start),
                  () -> enter(entering, meter, true),
                  refused -> instance.refusals().grpc(request, refused));
        }
      }
    }
  }

  /** What is proxied may be of any kind: nobody can tell before its end. */
  private CallKind kind(HttpServerRequest request, String path) {
    return proxied(request, path) || methods.get(path.substring(1)) instanceof GrpcMethod.Streaming
        ? CallKind.STREAM
        : CallKind.UNARY;
  }

  /** Says whose the connection is; null when nothing is measured. */
  private static @Nullable ConnectionMeter meter(AppInstance instance, HttpServerRequest request) {
    ConnectionMeter meter = ConnectionMeter.of(request.connection());
    if (meter != null) {
      meter.account(instance.account());
    }
    return meter;
  }

  /** The building block of a method, as usage is counted by: {@code state} for example. */
  private String block(String path) {
    GrpcMethod method = methods.get(path.substring(1));
    if (method == null || path.endsWith(GrpcCall.INVOKE_SERVICE)) {
      return "invoke";
    }
    String key = method.accessKey();
    int dot = key.indexOf('.');
    return key.isEmpty() ? "metadata" : dot < 0 ? key : key.substring(0, dot);
  }

  /** A call that is admitted, and not begun. */
  private record Entering(
      AppInstance instance,
      HttpServerRequest request,
      GrpcServer server,
      String path,
      CallMemory memory,
      Patience patience) {}

  /** Runs a call now, or when there is memory for it. */
  private void enter(Entering call, @Nullable ConnectionMeter meter, boolean paused) {
    String path = call.path();
    Future<Void> room =
        proxied(call.request(), path)
            ? call.memory().enterStream()
            : call.memory().enter(path.substring(path.lastIndexOf('/') + 1), 0);
    if (room == null) {
      run(call, paused);
      return;
    }
    if (!paused) {
      call.request().pause();
    }
    room.onSuccess(granted -> ConnectionMeter.measured(meter, () -> runIfWanted(call)))
        .onFailure(refused -> refuse(call.request(), ErrorMapping.of(refused)));
  }

  /** The client may have left on this very turn of the loop. */
  private void runIfWanted(Entering call) {
    if (call.patience().lasts()) {
      run(call, true);
    } else {
      refuse(call.request(), GrpcErrors.deadlineExceeded());
    }
  }

  private void run(Entering call, boolean paused) {
    HttpServerRequest request = call.request();
    String path = call.path();
    if (proxied(request, path)) {
      otherwise.handle(call.instance(), request); // it goes by its target's pace
      return;
    }
    HostAndPort authority = request.authority();
    if (authority != null && path.endsWith(GrpcCall.INVOKE_SERVICE)) {
      request.headers().set(GrpcCall.AUTHORITY, authority.toString());
    }
    GrpcMethod method = methods.get(path.substring(1));
    if (method instanceof GrpcMethod.Unary) {
      long limit = call.instance().settings().maxBodySize();
      GatheredRequest gathered = new GatheredRequest(request, call.memory(), limit);
      arriving(request, new Arriving(gathered, call.memory(), call.patience()));
      call.server().handle(gathered);
    } else {
      arriving(request, new Arriving(request, call.memory(), call.patience()));
      call.server().handle(request);
    }
    if (paused) {
      request.resume();
    }
  }

  /** What {@link #dispatch} is to know of the request, which the server does not hand on. */
  private record Arriving(HttpServerRequest request, CallMemory memory, Patience patience) {}

  /** Taken in the same turn of the loop in which it was put there. */
  private static final AttributeKey<Arriving> ARRIVING =
      AttributeKey.valueOf(GrpcApi.class, "arriving");

  private static void arriving(HttpServerRequest request, Arriving call) {
    channel(request.connection()).attr(ARRIVING).set(call);
  }

  private static Channel channel(HttpConnection connection) {
    return ((HttpServerConnection) connection).channelHandlerContext().channel();
  }

  /** What is no gRPC at all gets its answer from the server. */
  private boolean proxied(HttpServerRequest request, String path) {
    String type = request.getHeader("content-type");
    return !methods.containsKey(path.substring(1))
        && type != null
        && type.startsWith("application/grpc");
  }

  private @Nullable DaprError check(
      AppInstance instance, HttpServerRequest request, String path, String wanted) {
    if (path.startsWith(RUNTIME)) {
      GrpcMethod method = methods.get(path.substring(1));
      if (!instance.apiAccess().allowsGrpc(method == null ? UNKNOWN_METHOD : method.accessKey())) {
        return GrpcErrors.denied();
      }
    }
    String token = request.getHeader(ApiTokenCheck.HEADER);
    if (!ApiTokenCheck.passes(wanted, token)) {
      return token == null ? GrpcErrors.tokenMissing() : GrpcErrors.tokenMismatch();
    }
    return null;
  }

  private static void over(
      AppInstance instance, HttpServerRequest request, String path, Runnable release, long start) {
    release.run();
    instance.calls().end();
    HttpServerResponse response = request.response();
    String status = response.trailers().get("grpc-status");
    if (status == null) {
      status = response.headers().get("grpc-status");
    }
    int code = GrpcCode.of(status, GrpcStatus.CANCELLED);
    long nanos = System.nanoTime() - start;
    instance.metrics().grpcServer(path, code, request.bytesRead(), response.bytesWritten(), nanos);
    GrpcApiLog.call(instance, request, path, code, nanos);
  }

  /** A trailers-only answer: the call ends before its message was read. */
  public static void refuse(HttpServerRequest request, DaprError error) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.putHeader("content-type", "application/grpc");
    response.putHeader("grpc-status", Integer.toString(error.grpcStatus().code));
    response.putHeader("grpc-message", GrpcErrorWriter.encodedMessage(error));
    response.putHeader("grpc-status-details-bin", GrpcErrorWriter.detailsHeader(error));
    response.end();
    request.resume();
  }

  private void dispatch(AppInstance instance, GrpcServerRequest<Buffer, Buffer> request) {
    Arriving arriving = Objects.requireNonNull(channel(request.connection()).attr(ARRIVING).get());
    GrpcCall call =
        new GrpcCall(instance, request, arriving.request(), arriving.memory(), arriving.patience());
    request.invalidMessageHandler(
        invalid -> {
          if (invalid instanceof MessageSizeOverflowException overflow) {
            call.fail(
                GrpcErrors.messageTooLarge(
                    overflow.messageSize(), instance.settings().maxBodySize()));
          } else {
            call.fail(GrpcStatus.INTERNAL, "grpc: failed to decode the received message");
          }
        });
    GrpcMethod method = methods.get(request.fullMethodName());
    if (method == null) {
      call.fail(GrpcStatus.UNIMPLEMENTED, "unknown method " + request.fullMethodName());
      return;
    }
    if (!call.acceptBaggage()) {
      return;
    }
    switch (method) {
      case GrpcMethod.Unary<?, ?> unary -> {
        call.announceTrace();
        unary(unary, call);
      }
      case GrpcMethod.Streaming streaming -> {
        call.announceTrace();
        streaming.handler().handle(call);
      }
    }
  }

  private static <Q extends Message, R extends Message> void unary(
      GrpcMethod.Unary<Q, R> method, GrpcCall call) {
    @Nullable GrpcMessage[] last = {null};
    call.request().messageHandler(message -> last[0] = message);
    // What a handler has asked for comes also when the client is gone.
    call.memory().begins();
    read(call)
        .onFailure(call::brokeOff)
        .compose(
            end -> {
              GrpcMessage message = last[0];
              last[0] = null;
              return message == null
                  ? measuredAnswer(method, call, null)
                  : RequestTurn.forBody(
                          call.request().connection(),
                          call.instance().account(),
                          message.payload(),
                          call::isWanted)
                      .compose(turn -> measuredAnswer(method, call, message));
            })
        .onFailure(failure -> call.fail(ErrorMapping.of(failure)))
        .onComplete(over -> call.memory().ends());
  }

  /** The end of the request: a stream that is reset has none that {@code end()} would tell of. */
  private static Future<Void> read(GrpcCall call) {
    Promise<Void> read = Promise.promise();
    call.request().errorHandler(reset -> read.tryFail(new ClientGoneException()));
    call.request().end().onSuccess(end -> read.tryComplete()).onFailure(read::tryFail);
    return read.future();
  }

  /** What was held back comes by tasks of its own, which nobody measures. */
  private static <Q extends Message, R extends Message> Future<Void> measuredAnswer(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message) {
    ConnectionMeter meter = ConnectionMeter.of(call.request().connection());
    if (meter == null) {
      return answer(method, call, message);
    }
    Account outer = meter.gate().begin(call.instance().account());
    try {
      return answer(method, call, message);
    } finally {
      meter.gate().end(outer);
    }
  }

  private static <Q extends Message, R extends Message> Future<Void> answer(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message) {
    if (call.ended()) {
      return Future.succeededFuture(); // refused while the message came in
    }
    if (!call.isWanted()) {
      return Future.failedFuture(new ClientGoneException());
    }
    boolean packed = message != null && UnaryMessage.packed(message);
    int length = message == null ? 0 : message.payload().length();
    if (packed || length >= LARGE_MESSAGE) {
      return call.instance()
          .account()
          .work(
              Math.max(length, LARGE_MESSAGE),
              () -> {
                ClientGoneException.check(call.isWanted());
                return parsed(method, call, message);
              })
          .transform(
              parsed -> {
                if (parsed.failed()) {
                  return unparsed(call, parsed.cause());
                }
                call.memory().bodyRead(packed ? parsed.result().getSerializedSize() : length);
                return answerTo(method, call, parsed.result());
              });
    }
    call.memory().bodyRead(length);
    Q request;
    try {
      request = parsed(method, call, message);
    } catch (InvalidProtocolBufferException bad) {
      return unparsed(call, bad);
    }
    return answerTo(method, call, request);
  }

  private static <Q extends Message, R extends Message> Q parsed(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, @Nullable GrpcMessage message)
      throws InvalidProtocolBufferException {
    if (message == null) {
      return method.parser().parseFrom(new byte[0]);
    }
    Buffer plain = UnaryMessage.plain(message, call.instance().settings().maxBodySize());
    return method.parser().parseFrom(((BufferInternal) plain).getByteBuf().nioBuffer());
  }

  private static Future<Void> unparsed(GrpcCall call, Throwable cause) {
    if (cause instanceof InvalidProtocolBufferException bad) {
      call.fail(GrpcStatus.INTERNAL, "grpc: error unmarshalling request: " + bad.getMessage());
      return Future.succeededFuture();
    }
    return Future.failedFuture(cause);
  }

  private static <Q extends Message, R extends Message> Future<Void> answerTo(
      GrpcMethod.Unary<Q, R> method, GrpcCall call, Q request) {
    if (call.ended()) {
      return Future.succeededFuture();
    }
    if (!call.isWanted()) { // the client left meanwhile
      return Future.failedFuture(new ClientGoneException());
    }
    Future<R> reply;
    try {
      reply = method.handler().handle(call, request);
    } catch (RuntimeException failure) {
      reply = Future.failedFuture(failure);
    }
    return reply.compose(
        answer -> {
          int size = answer.getSerializedSize();
          return size < LARGE_MESSAGE
              ? send(call, answer.toByteArray())
              : call.instance()
                  .account()
                  .work(size, answer::toByteArray)
                  .compose(bytes -> send(call, bytes));
        });
  }

  private static Future<Void> send(GrpcCall call, byte[] message) {
    return call.ended() ? Future.succeededFuture() : call.reply(Buffer.buffer(message));
  }
}
