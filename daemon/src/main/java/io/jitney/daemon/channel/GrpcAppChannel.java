package io.jitney.daemon.channel;

import com.google.protobuf.MessageLite;
import io.jitney.daemon.channel.AppLoad.Slot;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.error.TransportErrors;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.isolation.Account;
import io.jitney.daemon.memory.CallMemory;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An app that speaks gRPC ({@code grpc}, {@code grpcs}): the app callback services of {@code
 * dapr.proto.runtime.v1}. Unary calls here; whole streams pass through {@link #grpcRequest}.
 */
public final class GrpcAppChannel implements AppChannel {
  /** Method that service invocation calls. */
  public static final String ON_INVOKE = "/dapr.proto.runtime.v1.AppCallback/OnInvoke";

  static final String HEALTH_CHECK = "/dapr.proto.runtime.v1.AppCallbackHealthCheck/HealthCheck";

  /** gRPC's own limit of what a client takes; daprd does not raise it for these calls. */
  private static final long CALLBACK_ANSWER = 4 << 20;

  private final AppEndpoint app;
  private final String token;
  private final long maxMessageSize;
  private final GrpcConnections connections;
  private final AppLoad load;
  private final InstanceMetrics metrics;
  private volatile @Nullable AppHealth health;

  /**
   * @param token {@code APP_API_TOKEN}; "" none
   * @param maxHeaderSize limit of the app's answer headers, in bytes
   * @param maxMessageSize {@code --max-body-size}, in bytes, both ways; 0 or less: no limit
   * @param metrics where calls are counted that the app answers
   */
  GrpcAppChannel(
      HttpClients clients,
      AppEndpoint app,
      String token,
      int maxHeaderSize,
      long maxMessageSize,
      AppLoad load,
      InstanceMetrics metrics) {
    this.app = app;
    this.token = token;
    this.maxMessageSize = maxMessageSize;
    this.connections = new GrpcConnections(clients, app, maxHeaderSize, load);
    this.load = load;
    this.metrics = metrics;
  }

  @Override
  public AppEndpoint app() {
    return app;
  }

  /** Sent to the app as {@code dapr-api-token}; "" none. */
  public String token() {
    return token;
  }

  @Override
  public @Nullable AppHealth health() {
    return health;
  }

  /** Puts health checks in front of all calls; before the first one. */
  void health(AppHealth checks) {
    health = checks;
  }

  @Override
  public long inFlight() {
    return load.inFlight();
  }

  /** Takes a place, or a turn in the queue for one; releasing it stops the waiting. */
  public Slot enter(Account caller) {
    return load.enter(caller);
  }

  /**
   * One unary call, health and {@code app-max-concurrency} observed.
   *
   * @param path {@code /package.Service/Method}
   * @param metadata adds the call's metadata; reserved names are the channel's
   * @param slot from {@link #enter}; released when the call is over
   * @param memory of the call, which the answer is gathered in
   * @param started is given what takes the call back, once it is on its way
   * @return the app's answer; fails with {@link AppUnhealthyException}, {@link AppBusyException} or
   *     {@link ChannelClosedException} when the app was not asked
   */
  public Future<GrpcAnswer> unary(
      String path,
      Consumer<MultiMap> metadata,
      MessageLite message,
      Slot slot,
      CallMemory memory,
      Consumer<Runnable> started) {
    if (!healthy()) {
      slot.release();
      return Future.failedFuture(new AppUnhealthyException());
    }
    int size = message.getSerializedSize();
    if (maxMessageSize > 0 && size > maxMessageSize) {
      slot.release();
      return Future.succeededFuture(
          GrpcAnswer.failed(
              GrpcStatus.RESOURCE_EXHAUSTED, TransportErrors.sendTooLarge(size, maxMessageSize)));
    }
    return connections
        .request(path, slot)
        .compose(
            request -> {
              UnaryExchange exchange = new UnaryExchange(request, maxMessageSize, memory);
              started.accept(exchange::cancel);
              return measured(path, message, exchange.call(metadata, message));
            })
        .recover(this::unavailable);
  }

  /**
   * A call that brings the app something, or asks what it wants to be brought: {@code
   * app-max-concurrency} does not hold for it, as in daprd.
   *
   * @param path {@code /package.Service/Method}
   * @param metadata adds the call's metadata; reserved names are the channel's
   * @param memory of the call, entered; its end is the caller's to tell
   * @param started is given what takes the call back, once it is on its way
   */
  public Future<GrpcAnswer> event(
      Account account,
      String path,
      Consumer<MultiMap> metadata,
      MessageLite message,
      CallMemory memory,
      Consumer<Runnable> started) {
    if (!healthy()) {
      return Future.failedFuture(new AppUnhealthyException());
    }
    return connections
        .request(account, path)
        .compose(
            request -> {
              UnaryExchange exchange = new UnaryExchange(request, CALLBACK_ANSWER, memory);
              started.accept(exchange::cancel);
              return measured(path, message, exchange.call(metadata, message));
            })
        .recover(this::unavailable);
  }

  private Future<GrpcAnswer> measured(
      String path, MessageLite message, Future<GrpcAnswer> answered) {
    long start = System.nanoTime();
    return answered.onSuccess(
        answer ->
            metrics.appGrpcCall(
                path,
                answer.code(),
                message.getSerializedSize(),
                answer.data().length(),
                System.nanoTime() - start));
  }

  /** A unary call that nothing holds back: health probes. */
  Future<GrpcAnswer> probe(Account account, String path, MessageLite message) {
    return connections
        .request(account, path)
        .compose(
            request -> new UnaryExchange(request, maxMessageSize, null).call(none -> {}, message))
        .recover(this::unavailable);
  }

  private Future<GrpcAnswer> unavailable(Throwable cause) {
    if (cause instanceof ChannelClosedException
        || cause instanceof AppBusyException
        || cause instanceof DaprException) {
      return Future.failedFuture(cause);
    }
    return Future.succeededFuture(
        GrpcAnswer.failed(
            TransportErrors.grpcStatus(cause),
            TransportErrors.grpcMessage(cause, app.host(), app.port())));
  }

  @Override
  public Future<HttpClientRequest> grpcRequest(Account caller, String path) {
    return connections.request(caller, path);
  }

  @Override
  public Future<Void> close() {
    AppHealth checks = health;
    if (checks != null) {
      checks.close();
    }
    load.close();
    return connections.close();
  }
}
