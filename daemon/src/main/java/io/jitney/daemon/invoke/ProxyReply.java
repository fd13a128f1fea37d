package io.jitney.daemon.invoke;

import io.jitney.daemon.error.DaprError;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.IntConsumer;

/** What a relay answers to: the caller, or an attempt that may still be repeated. */
interface ProxyReply {
  /** The caller's side, for its pace and its end; nothing is written to it directly. */
  HttpServerResponse response();

  /** Whether a status was given. */
  boolean over();

  /** Told the status code once, when it is known; 1 (CANCELLED) when the caller is gone. */
  void whenOver(IntConsumer told);

  /** The app's initial metadata. */
  void head(MultiMap headers);

  /** A piece of the app's messages. */
  void write(Buffer piece);

  /** An answer of headers alone: the status is among them. */
  void only(MultiMap headers);

  /** The app's trailing metadata, status included. */
  void trailers(MultiMap trailers);

  /** An error with its details. */
  void fail(DaprError error);

  /** The daemon's own status. */
  void fail(GrpcStatus status, String message);

  /** The caller is gone: there is nobody to answer. */
  void gone();
}
