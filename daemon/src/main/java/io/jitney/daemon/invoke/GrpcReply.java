package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.GrpcErrorWriter;
import io.jitney.daemon.error.GrpcMessageText;
import io.jitney.daemon.grpc.GrpcCode;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;

/** The answering side of a proxied gRPC call: metadata, then a status, exactly one. */
final class GrpcReply implements ProxyReply {
  private static final String STATUS = "grpc-status";

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private IntConsumer whenOver = code -> {};
  private boolean over;

  GrpcReply(HttpServerRequest request) {
    this.request = request;
    this.response = request.response();
  }

  @Override
  public HttpServerResponse response() {
    return response;
  }

  @Override
  public boolean over() {
    return over;
  }

  @Override
  public void whenOver(IntConsumer told) {
    whenOver = whenOver.andThen(told);
  }

  void header(String name, String value) {
    response.headers().set(name, value);
  }

  /** Sends the app's initial metadata at once: streams may wait long for their first message. */
  @Override
  public void head(MultiMap headers) {
    copy(headers, response.headers());
    response.writeHead();
  }

  @Override
  public void write(Buffer piece) {
    response.write(piece);
  }

  /** An answer of headers alone: the status is among them. */
  @Override
  public void only(MultiMap headers) {
    copy(headers, response.headers());
    end(Objects.requireNonNullElse(headers.get(STATUS), ""));
  }

  /** The app's trailing metadata, status included. */
  @Override
  public void trailers(MultiMap trailers) {
    String status = trailers.get(STATUS);
    if (status == null) {
      fail(GrpcStatus.INTERNAL, "server closed the stream without sending trailers");
      return;
    }
    copy(trailers, response.trailers());
    end(status);
  }

  /** An error with its details. */
  @Override
  public void fail(DaprError error) {
    if (!over && !error.grpcDetails().isEmpty()) {
      MultiMap to = response.headWritten() ? response.trailers() : response.headers();
      to.set("grpc-status-details-bin", GrpcErrorWriter.detailsHeader(error));
    }
    fail(error.grpcStatus(), GrpcErrorWriter.message(error));
  }

  /** The daemon's own status. */
  @Override
  public void fail(GrpcStatus status, String message) {
    if (over) {
      return;
    }
    MultiMap to;
    if (response.headWritten()) {
      to = response.trailers();
    } else {
      to = response.headers();
      to.set("content-type", "application/grpc");
    }
    to.set(STATUS, Integer.toString(status.code));
    to.set("grpc-message", GrpcMessageText.encode(message));
    end(Integer.toString(status.code));
  }

  private void end(String status) {
    if (over) {
      return;
    }
    over(status);
    if (!response.closed()) {
      response.end();
    }
    if (!request.isEnded()) {
      request.handler(unwanted -> {});
      request.resume();
    }
  }

  private void over(String status) {
    over = true;
    whenOver.accept(GrpcCode.of(status, GrpcStatus.UNKNOWN));
  }

  /** The caller is gone: there is nobody to answer. */
  @Override
  public void gone() {
    if (!over) {
      over(Integer.toString(GrpcStatus.CANCELLED.code));
    }
  }

  private static void copy(MultiMap from, MultiMap to) {
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey();
      if (!name.startsWith(":") && !HeaderRules.hopByHop(name)) {
        to.add(name, header.getValue());
      }
    }
  }
}
