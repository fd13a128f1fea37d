package io.jitney.daemon.testing;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.rpc.Status;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceName;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes unary gRPC calls to a port of localhost. Close it. */
public final class GrpcApiClient implements AutoCloseable {
  private static final String DAPR = "dapr.proto.runtime.v1";

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client =
      GrpcClient.client(vertx, new GrpcClientOptions().setMaxMessageSize(64 << 20));
  private final SocketAddress address;

  public GrpcApiClient(int port) {
    address = SocketAddress.inetSocketAddress(port, "127.0.0.1");
  }

  /**
   * How a call ended.
   *
   * @param reply null when the call failed
   * @param details {@code google.rpc.Status}; without details when the call had none
   */
  public record Answer<R>(GrpcStatus status, String message, @Nullable R reply, Status details) {
    /** The reply of a call that must have gone well. */
    public R ok() {
      if (status != GrpcStatus.OK || reply == null) {
        throw new AssertionError(status + ": " + message);
      }
      return reply;
    }
  }

  /**
   * A method of {@code dapr.proto.runtime.v1.Dapr}.
   *
   * @param metadata names and values in turn
   */
  public <R extends Message> Answer<R> dapr(
      String method, Message request, Parser<R> parser, String... metadata) {
    Future<Answer<R>> answer =
        client
            .request(address)
            .compose(
                call -> {
                  call.serviceName(ServiceName.create(DAPR, "Dapr")).methodName(method);
                  for (int i = 0; i < metadata.length; i += 2) {
                    call.headers().add(metadata[i], metadata[i + 1]);
                  }
                  return send(call, request, parser);
                });
    return await(answer);
  }

  private static <R extends Message> Future<Answer<R>> send(
      GrpcClientRequest<Buffer, Buffer> call, Message request, Parser<R> parser) {
    return call.send(Buffer.buffer(request.toByteArray()))
        .compose(response -> read(response, parser));
  }

  private static <R extends Message> Future<Answer<R>> read(
      GrpcClientResponse<Buffer, Buffer> response, Parser<R> parser) {
    Buffer[] message = {null};
    response.handler(buffer -> message[0] = buffer);
    return response
        .end()
        .transform(
            ended -> {
              GrpcStatus status =
                  response.status() == null ? GrpcStatus.UNKNOWN : response.status();
              String text = response.statusMessage() == null ? "" : response.statusMessage();
              try {
                R reply =
                    status == GrpcStatus.OK && message[0] != null
                        ? parser.parseFrom(message[0].getBytes())
                        : null;
                return Future.succeededFuture(new Answer<>(status, text, reply, details(response)));
              } catch (InvalidProtocolBufferException e) {
                return Future.failedFuture(e);
              }
            });
  }

  private static Status details(GrpcClientResponse<Buffer, Buffer> response)
      throws InvalidProtocolBufferException {
    String name = "grpc-status-details-bin";
    String details = response.trailers().get(name);
    if (details == null) {
      details = response.headers().get(name);
    }
    return details == null
        ? Status.getDefaultInstance()
        : Status.parseFrom(Base64.getDecoder().decode(details));
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    await(client.close());
    await(vertx.close());
  }
}
