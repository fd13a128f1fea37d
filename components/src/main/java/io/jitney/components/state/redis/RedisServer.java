package io.jitney.components.state.redis;

import io.jitney.components.redis.RedisCall;
import io.jitney.components.redis.RedisFailure;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.redis.RedisSettings;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the server once, when a component opens.
 *
 * @param replicas how many copies a strong write waits for
 * @param hasJson whether the RedisJSON module is there
 */
record RedisServer(int replicas, boolean hasJson) {
  /** The resource's {@code initTimeout} usually ends an opening earlier. */
  private static final long PATIENCE_SECONDS = 60;

  private static final String REPLICAS = "connected_slaves:";

  static Future<RedisServer> probe(RedisPool redis, RedisSettings settings) {
    CallContext context =
        new CallContext(System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), null);
    return redis
        .call(context, RedisCall.server(RedisWrites::status, "PING"))
        .recover(
            failure ->
                Future.failedFuture(
                    new ComponentException.Failed(
                        "redis store: error connecting to redis at "
                            + settings.host()
                            + ": "
                            + failure.getMessage())))
        .compose(
            pong ->
                Future.join(
                        redis
                            .call(
                                context,
                                RedisCall.server(RedisServer::bytes, "INFO", "replication"))
                            .recover(RedisServer::failed),
                        redis
                            .call(context, RedisCall.server(RedisServer::bytes, "JSON.GET"))
                            .transform(reply -> Future.succeededFuture(isKnown(reply.cause()))))
                    .map(
                        replies ->
                            new RedisServer(
                                connectedReplicas(replies.<byte[]>resultAt(0)),
                                replies.<Boolean>resultAt(1))));
  }

  private static <T> Future<T> failed(Throwable failure) {
    return Future.failedFuture(new ComponentException.Failed(String.valueOf(failure.getMessage())));
  }

  /** Without its arguments the command fails in any case; the question is how. */
  private static boolean isKnown(@Nullable Throwable reply) {
    return !(reply instanceof RedisFailure failure)
        || (failure.isAnswer()
            && !String.valueOf(failure.getMessage()).startsWith("ERR unknown command"));
  }

  private static ByteArrayOutput<byte[], byte[]> bytes() {
    return new ByteArrayOutput<>(ByteArrayCodec.INSTANCE);
  }

  static int connectedReplicas(byte @Nullable [] info) {
    if (info == null) {
      return 0;
    }
    return new String(info, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(REPLICAS))
        .findFirst()
        .map(line -> count(line.substring(REPLICAS.length())))
        .orElse(0);
  }

  private static int count(String text) {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
