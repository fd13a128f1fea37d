package io.jitney.daemon.http;

import io.jitney.components.spi.CallContext;
import io.jitney.daemon.admission.ClientGoneException;
import io.jitney.daemon.admission.Discard;
import io.jitney.daemon.admission.MeteredRequest;
import io.jitney.daemon.error.BodyTooLargeException;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.isolation.BegunCall;
import io.jitney.daemon.isolation.LoopGate;
import io.jitney.daemon.isolation.RequestTurn;
import io.jitney.daemon.memory.AnswerPieces;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.tenancy.admission.Admission;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One call on the HTTP API: request, instance, route parameters, and the ways to answer. Lives on
 * its connection's event loop.
 */
public final class HttpCall {
  /** Clients do not say how long they wait; most give up before. */
  private static final long MOST_WAIT_NANOS = 60_000_000_000L;

  private final AppInstance instance;
  private HttpServerRequest request;
  private final String path;
  private final @Nullable Trace trace;
  private final CallMemory memory;
  private final long start = System.nanoTime();
  private Map<String, String> parameters = Map.of();
  private String operation = "";
  private boolean health;
  private Runnable release = () -> {};
  private Admission.@Nullable Admitted permit;
  private @Nullable Map<String, String> metadata;
  private @Nullable RequestTurn turn;
  private final BegunCall begun = new BegunCall();

  /** Read by whoever has work of it in a queue, on any thread. */
  private volatile boolean over;

  private boolean brokeOff;

  HttpCall(AppInstance instance, HttpServerRequest request, String path, @Nullable Trace trace) {
    this.instance = instance;
    this.request = request;
    this.path = path;
    this.trace = trace;
    this.memory = new CallMemory(instance.memory());
  }

  void routed(RouteTable.Match match, Runnable whenOver) {
    parameters = match.parameters();
    operation = match.route().name();
    health = match.route().group().equals("healthz");
    release = whenOver;
  }

  /** It holds what admission took; bytes of its body are added as they come. */
  void admitted(Admission.Admitted by) {
    request = MeteredRequest.of(request, instance.admission(), by, instance.refusals(), false);
    permit = by;
  }

  /**
   * The call goes on as a stream.
   *
   * @throws DaprException if the tenant may have no further one
   */
  public void becomesStream() {
    Admission.Admitted held = permit;
    Admission.Refused refused = held == null ? null : held.becomesStream();
    if (refused != null) {
      throw instance.refusals().error(refused).exception();
    }
  }

  /** It counts among the begun calls of its tenant from now on. */
  void begins(LoopGate gate) {
    begun.begins(gate, instance.account());
  }

  /** It has not run yet: its event loop has more to do. */
  void waits(RequestTurn its) {
    turn = its;
  }

  /** {@link System#nanoTime()} value after which it does not wait for its turn any longer. */
  long deadlineNanos() {
    return start + MOST_WAIT_NANOS;
  }

  /**
   * The response is disposed of, however the call ended: gives back what admission took, counts,
   * logs.
   */
  void finished() {
    over = true;
    RequestTurn waited = turn;
    if (waited != null) {
      waited.cancel();
    }
    begun.ends();
    release.run();
    release = () -> {};
    long nanos = System.nanoTime() - start;
    HttpServerResponse response = request.response();
    int status = response.getStatusCode();
    instance
        .metrics()
        .httpServer(
            request.method().name(),
            asAsked(),
            status,
            request.bytesRead(),
            response.bytesWritten(),
            nanos);
    ApiLog.http(instance, this, operation, health, status, nanos);
    if (!request.isEnded() && !response.closed()) { // of a broken one its reader is to be told
      Discard.rest(request);
    }
    memory.over();
  }

  /**
   * Trace context of this call; null when tracing is off, so that headers pass through untouched.
   */
  public @Nullable Trace trace() {
    return trace;
  }

  /** What this call holds. */
  public CallMemory memory() {
    return memory;
  }

  public AppInstance instance() {
    return instance;
  }

  public HttpServerRequest request() {
    return request;
  }

  public HttpServerResponse response() {
    return request.response();
  }

  /** The path with the trailing slash that it came with: labels keep it. */
  private String asAsked() {
    String raw = request.path();
    return raw != null && raw.length() > 1 && raw.endsWith("/") && path.length() > 1
        ? path + "/"
        : path;
  }

  /** The cleaned path, still escaped, with leading slash. */
  public String path() {
    return path;
  }

  /** A path parameter, decoded with query rules (a plus is a space). */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }

  /** First value of a query parameter, or "" when absent. */
  public String query(String name) {
    return RequestQuery.first(request.query(), name);
  }

  /** Request metadata: query parameters {@code metadata.<key>}, first value wins. Unmodifiable. */
  public Map<String, String> metadata() {
    Map<String, String> known = metadata;
    if (known == null) {
      known = RequestQuery.metadata(request.query());
      metadata = known;
    }
    return known;
  }

  /** Context for calls into components: the API's deadline and the trace. */
  public CallContext context() {
    return instance
        .callContext(trace == null ? null : trace.traceparent())
        .whileWanted(this::isWanted);
  }

  /** Whether the client still waits for its answer. Any thread. */
  public boolean isWanted() {
    return !over;
  }

  /**
   * Does a piece of the call's work, large ones beside the event loop.
   *
   * @param bytes how much the work is about
   * @return fails with {@link ClientGoneException} when the client left before it was begun or done
   */
  public <T extends @Nullable Object> Future<T> work(long bytes, Callable<T> work) {
    return instance
        .account()
        .work(
            bytes,
            () -> {
              ClientGoneException.check(isWanted());
              return work.call();
            })
        .map(
            done -> {
              ClientGoneException.check(isWanted());
              return done;
            });
  }

  /**
   * The whole body, at most {@code --max-body-size} bytes; fails with {@link BodyTooLargeException}
   * beyond, and with {@link ClientGoneException} when the client left meanwhile. Call once, on the
   * request's event loop.
   */
  public Future<Buffer> body() {
    return BodyCollector.collect(request, instance.settings().maxBodySize(), memory)
        .compose(
            body ->
                RequestTurn.forBody(request.connection(), instance.account(), body, this::isWanted))
        .onFailure(cause -> brokeOff |= cause instanceof ClientGoneException);
  }

  /** Whether its client left before its body was here. */
  boolean brokeOff() {
    return brokeOff;
  }

  /** 204 without body. */
  public Future<Void> noContent() {
    return response().setStatusCode(204).end();
  }

  /** Answers with a JSON body ({@code application/json}, no charset, as daprd). */
  public Future<Void> json(int status, Buffer body) {
    response().setStatusCode(status).putHeader("content-type", "application/json");
    return answer(body);
  }

  /** Answers with a body; status and headers are set before. Large ones go out in pieces. */
  public Future<Void> answer(Buffer body) {
    return AnswerPieces.write(request, body, memory);
  }
}
