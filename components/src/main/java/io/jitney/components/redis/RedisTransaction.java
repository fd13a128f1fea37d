package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
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
  private final CallContext context;
  private final RedisLoop loop;
  private final int attempt;
  private @Nullable Passage passage;
  private boolean finished;
  private boolean skipped;

  RedisTransaction(
      List<RedisCall<?>> body,
      Promise<@Nullable Void> promise,
      CallContext context,
      RedisLoop loop,
      int attempt) {
    this.body = body;
    this.promise = promise;
    this.context = context;
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

  /** Whether to write a call of the frame: all of them or none, or MULTI would stay open. */
  boolean begin(RedisCall<?> call) {
    if (call == multi && finished) {
      skipped = true;
      if (passage != null) {
        passage.answered(0);
      }
    }
    return !skipped;
  }

  void replied(RedisCall<?> call) {
    if (call != exec) {
      return;
    }
    if (passage != null) {
      passage.answered(0);
    }
    if (finished) {
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
            && loop.submitLater(context, attempt, this::copy);
    if (!again) {
      promise.tryFail(failure);
    }
  }

  private RedisTransaction copy() {
    List<RedisCall<?>> calls = new ArrayList<>(body.size());
    for (RedisCall<?> call : body) {
      calls.add(call.copy());
    }
    return new RedisTransaction(calls, promise, context, loop, attempt + 1);
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  /** Before EXEC was written nothing is executed, and a connection that ends discards it all. */
  @Override
  public void lost() {
    fail(
        exec.isWritten()
            ? new RedisFailure(RedisFailure.Kind.UNKNOWN, "EOF")
            : new RedisFailure(RedisFailure.Kind.NOT_EXECUTED, "redis: not connected"));
  }

  @Override
  public CallContext context() {
    return context;
  }

  @Override
  public RedisPool.Lane lane() {
    return RedisPool.Lane.SHARED;
  }

  @Override
  public int bytes() {
    int sum = 0;
    for (RedisCall<?> call : body) {
      sum += call.bytes();
    }
    return sum;
  }

  @Override
  public int operations() {
    int sum = 2;
    for (RedisCall<?> call : body) {
      sum += call.operations();
    }
    return sum;
  }

  @Override
  public boolean isRead() {
    return false;
  }

  @Override
  public @Nullable Passage passage() {
    return passage;
  }

  @Override
  public void passage(Passage way) {
    passage = way;
  }
}
