package io.jitney.components.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls between MULTI and EXEC. They are written in one go on the loop that owns the connection, so
 * no other call of the shared connection gets between them. Redis does not roll back: the first
 * error is reported, the rest stays applied.
 */
final class RedisTransaction implements RedisWork {
  private final List<RedisCall<?>> body;
  private final RedisCall<?> multi =
      RedisCall.server(() -> new StatusOutput<>(ByteArrayCodec.INSTANCE), "MULTI");
  private final RedisCall<?> exec = RedisCall.server(ExecOutput::new, "EXEC");
  private final Promise<@Nullable Void> promise;
  private final long deadlineNanos;
  private final RedisLoop loop;
  private final int attempt;
  private long sentNanos;
  private boolean finished;

  RedisTransaction(
      List<RedisCall<?>> body,
      Promise<@Nullable Void> promise,
      long deadlineNanos,
      RedisLoop loop,
      int attempt) {
    this.body = body;
    this.promise = promise;
    this.deadlineNanos = deadlineNanos;
    this.loop = loop;
    this.attempt = attempt;
    frame().forEach(call -> call.startIn(this));
  }

  /** MULTI, the calls, EXEC. */
  List<RedisCall<?>> frame() {
    List<RedisCall<?>> frame = new ArrayList<>(body.size() + 2);
    frame.add(multi);
    frame.addAll(body);
    frame.add(exec);
    return frame;
  }

  /** The first key, by which a cluster finds the server; null when no call has one. */
  @Nullable String key() {
    for (RedisCall<?> call : body) {
      if (call.key() != null) {
        return call.key();
      }
    }
    return null;
  }

  void replied(RedisCall<?> call) {
    if (call != exec || finished) {
      return;
    }
    if (multi.getOutput().hasError()) {
      fail(RedisFailure.answered(multi.getOutput().getError()));
    } else if (exec.getOutput().hasError()) {
      finished = true;
      promise.tryFail(new RedisFailure(RedisFailure.Kind.ANSWERED, exec.getOutput().getError()));
    } else {
      finished = true;
      promise.tryComplete(null);
    }
  }

  @Override
  public void fail(RedisFailure failure) {
    if (finished) {
      return;
    }
    finished = true;
    boolean again =
        failure.kind() == RedisFailure.Kind.NOT_EXECUTED
            && loop.submitLater(attempt, deadlineNanos, this::copy);
    if (!again) {
      promise.tryFail(failure);
    }
  }

  private RedisTransaction copy() {
    List<RedisCall<?>> calls = new ArrayList<>(body.size());
    for (RedisCall<?> call : body) {
      calls.add(call.copy());
    }
    return new RedisTransaction(calls, promise, deadlineNanos, loop, attempt + 1);
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public long deadlineNanos() {
    return deadlineNanos;
  }

  @Override
  public long sentNanos() {
    return sentNanos;
  }

  @Override
  public void sentNanos(long now) {
    sentNanos = now;
  }
}
