package io.jitney.daemon.grpc;

import io.jitney.daemon.admission.MeteredRequest;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.error.GrpcErrors;
import io.jitney.daemon.http.ApiTokenCheck;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.isolation.BegunCall;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.isolation.LoopGate;
import io.jitney.daemon.isolation.RequestTurn;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcProtocol;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a call on the gRPC API port enters, in daprd's order (spec 01 section 6.1): API access list,
 * token, admission (before the message is read), its turn, memory for it; then {@link GrpcDispatch}
 * answers it. One object for the node; the instance comes with the connection.
 */
public final class GrpcApi {
  private static final String RUNTIME = "/dapr.proto.runtime.";

  private static final String INVOKE = "invoke";
  private static final String SHUTDOWN = "/dapr.proto.runtime.v1.Dapr/Shutdown";

  /**
   * Never on an access list: what a method of the Dapr service that does not exist is looked up as.
   */
  private static final String UNKNOWN_METHOD = "unknown.v0";

  /** Takes whole requests, before anything of them was read. */
  @FunctionalInterface
  public interface Proxy {
    void handle(AppInstance instance, HttpServerRequest request);
  }

  private final Vertx vertx;
  private final Map<String, GrpcMethod> methods;
  private final Proxy otherwise;
  private final GrpcDispatch dispatch;

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
    dispatch = new GrpcDispatch(this.methods);
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
    server.callHandler(request -> dispatch.handle(instance, request));
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
                memory.over();
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
        String block = block(path);
        account.usage().call(block);
        boolean begins = kind == CallKind.UNARY && !block.equals(INVOKE);
        BegunCall begun = new BegunCall();
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
                  begun.ends();
                  RequestTurn waited = turn[0];
                  if (waited != null) {
                    waited.cancel();
                  }
                  over(instance, request, path, admitted::release, start);
                  entering.memory().over();
                });
        if (meter == null) {
          enter(entering, null, false);
          return;
        }
        LoopGate gate = meter.gate();
        if (begins ? gate.isFree(account) : gate.isFree()) {
          if (begins) {
            begun.begins(gate, account);
          }
          enter(entering, meter, false);
        } else {
          request.pause();
          turn[0] =
              RequestTurn.await(
                  gate,
                  account,
                  begins,
                  GrpcTimeout.deadline(request.getHeader("grpc-timeout"), start),
                  () -> {
                    if (begins) {
                      begun.begins(gate, account);
                    }
                    enter(entering, meter, true);
                  },
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
      return INVOKE;
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
    call.instance().account().backedUp();
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
      GrpcDispatch.arriving(gathered, call.memory(), call.patience());
      call.server().handle(gathered);
    } else {
      GrpcDispatch.arriving(request, call.memory(), call.patience());
      call.server().handle(request);
    }
    if (paused) {
      request.resume();
    }
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
}
