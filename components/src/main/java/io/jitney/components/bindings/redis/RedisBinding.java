package io.jitney.components.bindings.redis;

import io.jitney.components.bindings.BindingRequest;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.pool.SharedPools;
import io.jitney.components.redis.RedisCall;
import io.jitney.components.redis.RedisFailure;
import io.jitney.components.redis.RedisPool;
import io.jitney.components.redis.RedisSettings;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.GoText;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.StatusOutput;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code bindings.redis} on a {@link RedisPool}. Keys are what the app says, without a prefix. */
public final class RedisBinding implements OutputBinding {
  private static final List<String> OPERATIONS = List.of("create", "delete", "get", "increment");
  private static final long PATIENCE_SECONDS = 10;

  private final SharedPools.Lease<RedisPool> lease;

  private RedisBinding(SharedPools.Lease<RedisPool> lease) {
    this.lease = lease;
  }

  /** The factory. */
  public static Future<OutputBinding> open(ComponentSpec spec, ComponentOpening opening) {
    RedisSettings settings;
    try {
      settings = RedisSettings.forPlain(spec.metadata());
    } catch (ComponentException e) {
      return Future.failedFuture(e);
    }
    SharedPools.Lease<RedisPool> lease = RedisPool.borrow(opening.node(), settings);
    CallContext context =
        new CallContext(System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), null);
    return lease
        .client()
        .call(context, RedisCall.server(RedisBinding::status, "PING"))
        .transform(
            pong -> {
              if (pong.failed()) {
                ComponentException failure =
                    new ComponentException.Failed(
                        "redis binding: error connecting to redis at "
                            + settings.host()
                            + ": "
                            + pong.cause().getMessage());
                return lease
                    .release()
                    .transform(released -> Future.<OutputBinding>failedFuture(failure));
              }
              return Future.<OutputBinding>succeededFuture(new RedisBinding(lease));
            });
  }

  @Override
  public List<String> operations() {
    return OPERATIONS;
  }

  @Override
  public Future<BindingResponse> invoke(CallContext context, BindingRequest request) {
    String key = request.metadata().getOrDefault("key", "");
    if (key.isEmpty()) {
      return failed("redis binding: missing key in request metadata");
    }
    return switch (request.operation()) {
      case "get" -> get(context, key, request.metadata());
      case "delete" -> none(call(context, RedisCall.write(RedisBinding::integer, 1, "DEL", key)));
      case "create" ->
          call(context, RedisCall.write(RedisBinding::status, 1, "SET", key, request.data()))
              .compose(done -> expire(context, key, request.metadata()));
      case "increment" ->
          call(context, RedisCall.write(RedisBinding::integer, 1, "INCR", key))
              .compose(done -> expire(context, key, request.metadata()));
      default -> failed("invalid operation type: " + request.operation());
    };
  }

  private Future<BindingResponse> get(
      CallContext context, String key, Map<String, String> metadata) {
    RedisCall<byte @Nullable []> call =
        GoText.isTruthy(metadata.getOrDefault("delete", ""))
            ? RedisCall.write(RedisBinding::bytes, 1, "GETDEL", key)
            : RedisCall.read(RedisBinding::bytes, 1, "GET", key);
    return call(context, call)
        .map(
            value ->
                new BindingResponse(
                    value == null ? Buffer.buffer() : Buffer.buffer(value), Map.of()));
  }

  /** A second command, as in daprd: the value is there even if this fails. */
  private Future<BindingResponse> expire(
      CallContext context, String key, Map<String, String> metadata) {
    String ttl = metadata.getOrDefault("ttlInSeconds", "");
    if (ttl.isEmpty()) {
      ttl = metadata.getOrDefault("ttl", "");
    }
    if (ttl.isEmpty()) {
      return Future.succeededFuture(BindingResponse.NONE);
    }
    long seconds;
    try {
      seconds = seconds(ttl);
    } catch (GoText.Unreadable unreadable) {
      return failed("ttl value must be a valid integer: actual is '" + ttl + "'");
    }
    return seconds <= 0
        ? failed("ttl value must be higher than zero: actual is '" + ttl + "'")
        : none(
            call(
                context,
                RedisCall.write(RedisBinding::integer, 1, "EXPIRE", key, Long.toString(seconds))));
  }

  private static long seconds(String ttl) throws GoText.Unreadable {
    try {
      return GoText.parseInt(ttl);
    } catch (GoText.Unreadable notSeconds) {
      return GoText.parseDuration(ttl).toSeconds();
    }
  }

  private <T extends @Nullable Object> Future<T> call(CallContext context, RedisCall<T> call) {
    return lease
        .client()
        .call(context, call)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof RedisFailure redis && redis.isRefusal()
                        ? new ComponentException.Overloaded(String.valueOf(redis.getMessage()))
                        : new ComponentException.Failed(String.valueOf(failure.getMessage()))));
  }

  private static Future<BindingResponse> none(Future<?> call) {
    return call.map(done -> BindingResponse.NONE);
  }

  private static Future<BindingResponse> failed(String message) {
    return Future.failedFuture(new ComponentException.Failed(message));
  }

  private static ByteArrayOutput<byte[], byte[]> bytes() {
    return new ByteArrayOutput<>(ByteArrayCodec.INSTANCE);
  }

  private static IntegerOutput<byte[], byte[]> integer() {
    return new IntegerOutput<>(ByteArrayCodec.INSTANCE);
  }

  private static StatusOutput<byte[], byte[]> status() {
    return new StatusOutput<>(ByteArrayCodec.INSTANCE);
  }

  @Override
  public Future<Void> close() {
    return lease.release();
  }
}
