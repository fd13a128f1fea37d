package io.jitney.daemon.invoke;

import io.jitney.daemon.channel.AppChannel;
import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.invoke.Callee.Away;
import io.jitney.daemon.invoke.Callee.Endpoint;
import io.jitney.daemon.invoke.Callee.Own;
import io.jitney.daemon.invoke.Callee.Peer;
import io.jitney.daemon.invoke.Callee.Url;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.jitney.daemon.telemetry.Baggage;
import io.jitney.daemon.telemetry.BinaryTrace;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.TenantId;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * gRPC proxying: every method the daemon does not serve itself goes to the app that {@code
 * dapr-callee-app-id} or {@code dapr-app-id} names. Frames pass as they are, without being put
 * together: any kind of streaming, any size up to the limit of one message.
 *
 * <p>Threads: the event loop of the caller's connection.
 */
public final class GrpcProxy {
  private static final String RUNTIME = "/dapr.proto.runtime.";
  private static final String TOKEN = "dapr-api-token";
  private static final long CANCEL = 8;

  private final InvokeApi api;

  public GrpcProxy(InvokeApi api) {
    this.api = api;
  }

  /** Takes over a request whose head has come in. */
  public void handle(AppInstance caller, HttpServerRequest request) {
    request.pause();
    GrpcReply reply = new GrpcReply(request);
    MultiMap headers = request.headers();
    Trace trace = trace(caller, headers);
    String baggage = trace == null ? null : headers.get("baggage");
    if (baggage != null) {
      String problem = Baggage.problem(baggage);
      if (problem != null) {
        reply.fail(GrpcStatus.INVALID_ARGUMENT, "invalid baggage header: " + problem);
        return;
      }
      reply.header("baggage", baggage);
    }
    String id = headers.get("dapr-callee-app-id");
    if (id == null) {
      id = headers.get("dapr-app-id");
    }
    if (id == null) {
      boolean noticedByTracing = trace != null && !path(request).startsWith(RUNTIME);
      reply.fail(GrpcStatus.UNKNOWN, InvokeErrors.proxyWithoutTarget(noticedByTracing));
      return;
    }
    Callee callee;
    try {
      callee = api.callee(caller, id);
    } catch (InvokeException refused) {
      reply.fail(GrpcStatus.UNKNOWN, refused.text());
      return;
    }
    switch (callee) {
      case Own own -> toApp(caller, caller, null, null, request, request, reply);
      case Peer peer -> toPeer(caller, peer.tenant(), trace, request, reply);
      case Endpoint endpoint ->
          reply.fail(
              GrpcStatus.UNAVAILABLE, InvokeErrors.proxyToUrl(endpoint.endpoint().baseUrl()));
      case Url url -> reply.fail(GrpcStatus.UNAVAILABLE, InvokeErrors.proxyToUrl(url.url()));
      case Away away -> toAway(caller, away.tenant(), trace, request, reply);
    }
  }

  private static @Nullable Trace trace(AppInstance caller, MultiMap headers) {
    String binary = headers.get("grpc-trace-bin");
    String parent = binary == null ? null : BinaryTrace.decode(binary);
    return caller
        .configuration()
        .tracing()
        .start(parent == null ? headers.get("traceparent") : parent, headers.get("tracestate"));
  }

  private void toAway(
      AppInstance caller,
      TenantId app,
      @Nullable Trace trace,
      HttpServerRequest request,
      GrpcReply reply) {
    api.resolver()
        .resolve(app)
        .onComplete(
            resolved -> {
              if (resolved.failed()) {
                reply.fail(GrpcStatus.UNKNOWN, InvokeErrors.notFoundByProxy(app.appId()));
                return;
              }
              send(
                  resolved.result().grpcRequest(path(request)),
                  upstream -> headers(request.headers(), upstream, api.hop(caller, app), trace, ""),
                  caller,
                  request,
                  reply,
                  cause ->
                      reply.fail(
                          GrpcStatus.UNAVAILABLE,
                          TransportErrors.grpcMessage(cause, app.appId(), 0)));
            });
  }

  private void toPeer(
      AppInstance caller,
      TenantId app,
      @Nullable Trace trace,
      HttpServerRequest request,
      GrpcReply reply) {
    AppInstance callee = api.pick(app);
    if (callee == null) {
      reply.fail(GrpcStatus.UNAVAILABLE, InvokeErrors.noInstance(app.appId(), 0));
      return;
    }
    caller.metrics().invokeSent(app.appId(), true);
    callee.metrics().invokeReceived(caller.appId());
    long start = System.nanoTime();
    reply.whenOver(
        code -> {
          callee.metrics().invokeAnswered(caller.appId(), code);
          caller.metrics().invokeAnswer(app.appId(), code, true, System.nanoTime() - start);
        });
    Policy policy = policy(caller.resiliency(), request);
    if (policy.isNone()) {
      toApp(caller, callee, api.hop(caller, app), trace, request, request, reply);
      return;
    }
    GuardedProxy.run(
        caller,
        policy,
        request,
        reply,
        (body, attempt) -> {
          AppInstance picked = api.pick(app);
          if (picked == null) {
            attempt.fail(GrpcStatus.UNAVAILABLE, InvokeErrors.noInstance());
            return () -> {};
          }
          return toApp(caller, picked, api.hop(caller, app), trace, request, body, attempt);
        });
  }

  /**
   * The caller's policy for another app; {@code dapr-callee-app-id} does not count for it, as in
   * daprd. A call that says that it is a stream has none: its policy would end with its opening,
   * which within one daemon takes no time.
   */
  private static Policy policy(Resiliency resiliency, HttpServerRequest request) {
    String id = request.getHeader("dapr-app-id");
    return id == null || !resiliency.concerns(id) || "true".equals(request.getHeader("dapr-stream"))
        ? Policy.NONE
        : resiliency.app(id, id + ":" + path(request));
  }

  /** Returns what ends the call early at the app. */
  private static Runnable toApp(
      AppInstance caller,
      AppInstance callee,
      AppCall.@Nullable Hop hop,
      @Nullable Trace trace,
      HttpServerRequest request,
      ReadStream<Buffer> body,
      ProxyReply reply) {
    String denial = InvokeApi.denial(caller, callee, path(request), "NONE");
    if (denial != null) {
      reply.fail(GrpcStatus.PERMISSION_DENIED, denial);
      return () -> {};
    }
    AppChannel channel = callee.channel();
    if (channel == null) {
      reply.fail(GrpcStatus.UNAVAILABLE, InvokeErrors.proxyWithoutApp());
      return () -> {};
    }
    return switch (callee.admission().admit(CallKind.DELIVERY, 0)) {
      case Admission.Refused refused -> {
        reply.fail(callee.refusals().error(refused));
        yield () -> {};
      }
      case Admission.Admitted admitted -> {
        reply.whenOver(code -> admitted.release());
        Runnable end =
            send(
                channel.grpcRequest(caller.account(), path(request)),
                upstream ->
                    headers(
                        request.headers(), upstream, hop, trace, callee.settings().appApiToken()),
                caller,
                body,
                reply,
                cause ->
                    reply.fail(
                        TransportErrors.grpcStatus(cause),
                        TransportErrors.grpcMessage(
                            cause, channel.app().host(), channel.app().port())));
        yield () -> {
          admitted.release(); // an attempt that is ended early gives no status
          end.run();
        };
      }
    };
  }

  /** A call that may end before its relay is there. */
  private static final class Sending {
    private @Nullable GrpcRelay relay;
    private boolean ended;

    void end() {
      ended = true;
      GrpcRelay running = relay;
      if (running != null) {
        running.endEarly();
      }
    }
  }

  private static Runnable send(
      Future<HttpClientRequest> opening,
      java.util.function.Consumer<MultiMap> headers,
      AppInstance caller,
      ReadStream<Buffer> body,
      ProxyReply reply,
      java.util.function.Consumer<Throwable> failed) {
    Sending sending = new Sending();
    opening.onComplete(
        opened -> {
          if (opened.failed()) {
            failed.accept(opened.cause());
            return;
          }
          if (sending.ended) {
            opened.result().reset(CANCEL);
            return;
          }
          try {
            headers.accept(opened.result().headers());
          } catch (IllegalArgumentException malformed) {
            opened.result().reset(CANCEL);
            reply.fail(GrpcStatus.INTERNAL, "malformed metadata");
            return;
          }
          GrpcRelay relay =
              new GrpcRelay(body, opened.result(), reply, caller.settings().maxBodySize(), failed);
          sending.relay = relay;
          relay.start();
        });
    return sending::end;
  }

  /** The caller's metadata without what is the daemon's to say, then what the way adds. */
  private static void headers(
      MultiMap from,
      MultiMap to,
      AppCall.@Nullable Hop hop,
      @Nullable Trace trace,
      String appToken) {
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!name.startsWith(":") && !HeaderRules.hopByHop(name) && !daemons(name)) {
        to.add(name, header.getValue());
      }
    }
    to.set("content-type", "application/grpc+proto");
    to.set("te", "trailers");
    if (!appToken.isEmpty()) {
      to.set(TOKEN, appToken);
    }
    if (hop == null) {
      return;
    }
    to.set("dapr-caller-app-id", hop.callerAppId());
    to.set("dapr-callee-app-id", hop.calleeAppId());
    if (trace != null) {
      to.set("traceparent", trace.traceparent());
      if (trace != Trace.NONE) {
        to.set("grpc-trace-bin", BinaryTrace.encode(trace.traceparent()));
      }
    }
  }

  private static boolean daemons(String name) {
    return switch (name) {
      case "host",
          "content-type",
          "content-length",
          "dapr-app-id",
          "dapr-callee-app-id",
          "dapr-caller-app-id",
          "dapr-caller-namespace",
          TOKEN ->
          true;
      default -> false;
    };
  }

  private static String path(HttpServerRequest request) {
    return Objects.requireNonNullElse(request.path(), "");
  }
}
