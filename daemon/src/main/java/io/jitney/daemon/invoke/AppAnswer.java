package io.jitney.daemon.invoke;

import io.jitney.daemon.channel.GrpcAnswer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** What an app answered, as it speaks. */
public sealed interface AppAnswer {
  /**
   * An HTTP answer whose body is still to come.
   *
   * @param headers as the app sent them
   * @param length of the body; -1 when it is not known
   * @param body paused; whoever has the answer must read it to its end or cancel the call
   * @param exchange to be told when the answer was passed on
   * @param eventStream whether it is passed on as server-sent events, whatever the app called it
   */
  record Http(
      int status,
      MultiMap headers,
      long length,
      ReadStream<Buffer> body,
      HttpExchange exchange,
      boolean eventStream)
      implements AppAnswer {
    Http asEventStream() {
      return new Http(status, headers, length, body, exchange, true);
    }

    /** 200 to 399: what daprd calls a success. */
    boolean success() {
      return status >= 200 && status < 400;
    }
  }

  /** Status and message of {@code OnInvoke}. */
  record Grpc(GrpcAnswer answer) implements AppAnswer {}
}
