package io.jitney.daemon.http;

import io.jitney.daemon.admission.Discard;
import io.jitney.daemon.admission.MeteredRequest;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.ErrorMapping;
import io.jitney.daemon.error.HttpErrorWriter;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.isolation.ConnectionMeter;
import io.jitney.daemon.isolation.LoopGate;
import io.jitney.daemon.isolation.RequestTurn;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Baggage;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.CallKind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request on the HTTP API port, in daprd's order (spec 01 section 2): clean path,
 * trace, metrics, CORS, API token, admission (before the body is read), API log, route, error
 * writing. One object for the node; the instance comes with the connection.
 */
public final class HttpApi {
  private static final Set<HttpMethod> NONE = Set.of();

  private final RouteTable routes;
  private static final String INVOKE = "invoke";

  private final HttpRoute otherwise;

  /**
   * @param routes all routes of all building blocks
   * @param otherwise what gets requests that no route matches: service invocation
   */
  public HttpApi(List<HttpRoute> routes, HttpRoute.Handler otherwise) {
    this.routes = new RouteTable(routes);
    this.otherwise = HttpRoute.of(NONE, "v1.0", "invoke/*", INVOKE, "InvokeService", otherwise);
  }

  /** Handles a request on the API port of {@code instance}; on the connection's event loop. */
  public void handle(AppInstance instance, HttpServerRequest request) {
    handle(instance, request, instance.settings().apiToken());
  }

  /**
   * As {@link #handle}, for a caller that is known to be the instance's app: its token is not asked
   * for again.
   */
  public void handleKnown(AppInstance instance, HttpServerRequest request) {
    handle(instance, request, "");
  }

  /** Refuses before anything else is done, for a flood must cost as little as can be. */
  private static boolean refusedAnyway(
      AppInstance instance, HttpServerRequest request, String token) {
    String path = request.path();
    if (path == null
        || path.contains("healthz")
        || path.contains("shutdown")
        || request.method() == HttpMethod.OPTIONS
        || !ApiTokenCheck.passes(token, request.getHeader(ApiTokenCheck.HEADER))) {
      return false; // control traffic, preflights and strangers have their own answers
    }
    Admission.Refused refused = instance.admission().refusedAnyway();
    if (refused == null) {
      return false;
    }
    instance.refusals().http(request, refused);
    return true;
  }

  private void handle(AppInstance instance, HttpServerRequest request, String token) {
    ConnectionMeter meter = meter(instance, request);
    if (meter != null && !meter.isOpen()) {
      return; // sent ahead by a client that has left
    }
    if (refusedAnyway(instance, request, token)) {
      if (meter != null) {
        meter.refused();
      }
      return;
    }
    HttpCall call = begin(instance, request);
    if (call == null) {
      return;
    }
    Cors cors = instance.cors();
    if (cors != null && cors.handle(request)) {
      return;
    }
    RouteTable.Match match = find(call, instance, false);
    boolean health = match != null && match.route().group().equals("healthz");
    boolean control = health || (match != null && match.route().group().equals("shutdown"));
    if (!health && !ApiTokenCheck.passes(token, request.getHeader(ApiTokenCheck.HEADER))) {
      PlainAnswers.error(request, 401, "invalid api token");
      return;
    }
    if (match != null && control) { // control traffic is never refused
      call.routed(match, health ? () -> {} : begun(instance, () -> {}));
      handle(match, call);
      return;
    }
    switch (instance.admission().admit(CallKind.UNARY, MeteredRequest.length(request))) {
      case Admission.Refused refused -> {
        instance.refusals().http(request, refused);
        if (meter != null) {
          meter.refused();
        }
      }
      case Admission.Admitted admitted -> {
        call.admitted(admitted);
        if (match != null) {
          inTurn(meter, match, call, begun(instance, admitted::release));
        } else if (instance.apiAccess().allows(otherwise)) {
          RouteTable.Match invoke = new RouteTable.Match(otherwise, Map.of());
          inTurn(meter, invoke, call, begun(instance, admitted::release));
        } else {
          admitted.release();
          unrouted(call, instance, false);
        }
      }
    }
  }

  /** Counts a call in; returns what is to be done when it is over, once. */
  private static Runnable begun(AppInstance instance, Runnable release) {
    instance.calls().begin();
    return () -> {
      release.run();
      instance.calls().end();
    };
  }

  /**
   * Handles a request on the public port: health and metadata, without token, CORS, body limit or
   * admission.
   */
  public void handlePublic(AppInstance instance, HttpServerRequest request) {
    meter(instance, request);
    HttpCall call = begin(instance, request);
    if (call == null) {
      return;
    }
    RouteTable.Match match = find(call, instance, true);
    if (match == null) {
      unrouted(call, instance, true);
    } else {
      call.routed(match, () -> {});
      handle(match, call);
    }
  }

  /** Says whose the connection is; null when nothing is measured. */
  private static @Nullable ConnectionMeter meter(AppInstance instance, HttpServerRequest request) {
    ConnectionMeter meter = ConnectionMeter.of(request.connection());
    if (meter != null) {
      meter.account(instance.account());
    }
    return meter;
  }

  /** Runs a call now, or when the event loop has a turn for its tenant. */
  private static void inTurn(
      @Nullable ConnectionMeter meter, RouteTable.Match match, HttpCall call, Runnable release) {
    call.routed(match, release);
    Account account = call.instance().account();
    String block = match.route().group();
    account.usage().call(block);
    if (meter == null) {
      run(null, match, call);
      return;
    }
    boolean invokes = block.equals(INVOKE);
    LoopGate gate = meter.gate();
    if (invokes ? gate.isFree() : gate.isFree(account)) {
      begin(meter, match, call);
    } else {
      call.waits(
          RequestTurn.await(
              gate,
              account,
              !invokes,
              call.deadlineNanos(),
              () -> begin(meter, match, call),
              refused -> call.instance().refusals().http(call.request(), refused)));
    }
  }

  private static void begin(ConnectionMeter meter, RouteTable.Match match, HttpCall call) {
    long body = MeteredRequest.length(call.request());
    // An upload may take as long as its client likes; others need not wait for its end.
    boolean whole = body >= 0 && body <= CallMemory.SMALL_BODY;
    if (whole && !match.route().group().equals(INVOKE)) {
      call.begins(meter.gate());
    }
    run(meter, match, call);
  }

  /** Checks what precedes every route; null when the request was answered. */
  private static @Nullable HttpCall begin(AppInstance instance, HttpServerRequest request) {
    request.pause();
    String raw = request.path();
    if (raw == null || !RequestPath.validEscapes(raw)) {
      PlainAnswers.badRequest(request);
      return null;
    }
    String path = RequestPath.clean(raw);
    HttpServerResponse response = request.response();
    Trace trace = null;
    if (!path.contains("/healthz")) {
      trace =
          instance
              .configuration()
              .tracing()
              .start(request.getHeader("traceparent"), request.getHeader("tracestate"));
    }
    HttpCall call = new HttpCall(instance, request, path, trace);
    response.endHandler(done -> call.finished());
    if (Discard.tooLongToDrop(request)) {
      response.headersEndHandler(head -> Discard.announceClose(request));
    }
    if (trace != null) {
      String baggage = baggage(request);
      if (!baggage.isEmpty()) {
        String problem = Baggage.problem(baggage);
        if (problem != null) {
          PlainAnswers.error(request, 400, "invalid baggage header: " + problem);
          return null;
        }
        response.putHeader("baggage", baggage);
      }
      response.putHeader("traceparent", trace.traceparent());
      if (!trace.tracestate().isEmpty()) {
        response.putHeader("tracestate", trace.tracestate());
      }
    }
    return call;
  }

  /** All values as one; "" when there is none. */
  private static String baggage(HttpServerRequest request) {
    String first = request.getHeader("baggage");
    return first == null ? "" : String.join(",", request.headers().getAll("baggage"));
  }

  private RouteTable.@Nullable Match find(HttpCall call, AppInstance instance, boolean publicPort) {
    return routes.find(
        call.request().method(),
        call.path(),
        route -> (route.pub() || !publicPort) && instance.apiAccess().allows(route));
  }

  private void unrouted(HttpCall call, AppInstance instance, boolean publicPort) {
    List<String> allowed =
        routes.methodsOf(
            call.path(),
            route -> (route.pub() || !publicPort) && instance.apiAccess().allows(route));
    if (allowed.isEmpty()) {
      PlainAnswers.notFound(call.request());
    } else {
      PlainAnswers.methodNotAllowed(call.request(), allowed);
    }
  }

  /** Runs a call now, or when there is memory for it. */
  private static void run(@Nullable ConnectionMeter meter, RouteTable.Match match, HttpCall call) {
    Future<Void> room =
        call.memory().enter(match.route().name(), BodyCollector.length(call.request()));
    if (room == null) {
      handle(match, call);
    } else {
      call.instance().account().backedUp();
      room.onSuccess(granted -> ConnectionMeter.measured(meter, () -> handleIfWanted(match, call)))
          .onFailure(refused -> error(call, refused));
    }
  }

  /** The client may have left on this very turn of the loop. */
  private static void handleIfWanted(RouteTable.Match match, HttpCall call) {
    if (call.isWanted()) {
      handle(match, call);
    }
  }

  private static void handle(RouteTable.Match match, HttpCall call) {
    // What a handler has asked for comes also when the client is gone.
    call.memory().begins();
    Future<?> done;
    try {
      done = match.route().handler().handle(call);
    } catch (RuntimeException failure) {
      done = Future.failedFuture(failure);
    }
    done.onFailure(failure -> error(call, failure));
    done.onComplete(over -> call.memory().ends());
  }

  private static void error(HttpCall call, Throwable failure) {
    HttpServerResponse response = call.response();
    if (response.ended() || response.closed() || call.brokeOff()) {
      return; // on a broken stream an answer would break all others of the connection, too
    }
    if (response.headWritten()) {
      response.reset(); // half an answer must not look like a whole one
      return;
    }
    DaprError error = ErrorMapping.of(failure);
    call.instance().metrics().error(error.errorCode());
    if (error.httpStatus() == 429) {
      response.putHeader("retry-after", "1");
    }
    response.headers().remove("etag"); // of a value that there was no memory to send
    call.json(error.httpStatus(), HttpErrorWriter.body(error));
  }
}
