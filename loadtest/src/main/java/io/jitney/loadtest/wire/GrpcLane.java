package io.jitney.loadtest.wire;

import io.jitney.loadtest.scenario.Call;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcError;
import io.vertx.grpc.common.GrpcErrorException;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One gRPC call at a time; many lanes share the connections of one client. */
final class GrpcLane implements Lane {
  private static final ServiceName DAPR = ServiceName.create("dapr.proto.runtime.v1", "Dapr");

  private final ContextInternal context;
  private final GrpcClient client;
  private final SocketAddress address;
  private final GrpcCalls calls;
  private @Nullable GrpcClientRequest<Buffer, Buffer> running;
  private int turn;

  GrpcLane(ContextInternal context, GrpcClient client, SocketAddress address, GrpcCalls calls) {
    this.context = context;
    this.client = client;
    this.address = address;
    this.calls = calls;
  }

  @Override
  public void send(Exchange exchange, Consumer<Outcome> done) {
    int mine = ++turn;
    context.emit(exchange, e -> start(e, mine, done));
  }

  private void start(Exchange exchange, int mine, Consumer<Outcome> done) {
    Call call = exchange.call();
    client
        .request(address)
        .compose(
            request -> {
              if (mine == turn) {
                running = request;
              }
              request.serviceName(DAPR).methodName(GrpcCalls.method(call));
              return request.send(calls.next(exchange.index(), exchange.number()));
            })
        .compose(response -> response.handler(part -> {}).end().map(response))
        .onComplete(
            ended -> {
              if (mine == turn) {
                running = null;
                done.accept(ended.succeeded() ? of(ended.result().status()) : of(ended.cause()));
              }
            });
  }

  private static Outcome of(@Nullable GrpcStatus status) {
    return status == GrpcStatus.OK
        ? Outcome.OK
        : status == GrpcStatus.RESOURCE_EXHAUSTED ? Outcome.REFUSED : Outcome.FAILED;
  }

  private static Outcome of(Throwable failure) {
    return failure instanceof GrpcErrorException error
        ? error.error() == GrpcError.RESOURCE_EXHAUSTED ? Outcome.REFUSED : Outcome.FAILED
        : Outcome.LOST;
  }

  @Override
  public void abandon() {
    turn++;
    GrpcClientRequest<Buffer, Buffer> given = running;
    running = null;
    if (given != null) {
      given.cancel();
    }
  }

  @Override
  public void close() {
    abandon();
  }
}
