package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads that are written together and count as one work. Each answers for itself, and is tried
 * again by itself.
 */
final class RedisBatch implements RedisWork {
  private final List<? extends RedisCall<?>> calls;
  private final CallContext context;
  private @Nullable Passage passage;
  private int left;
  private long replyBytes;

  /**
   * @param calls started already; not empty
   */
  RedisBatch(CallContext context, List<? extends RedisCall<?>> calls) {
    this.context = context;
    this.calls = calls;
    left = calls.size();
    calls.forEach(call -> call.startIn(this));
  }

  List<? extends RedisCall<?>> calls() {
    return calls;
  }

  /** One of its calls was answered. */
  void replied(long bytes) {
    replyBytes += bytes;
    Passage way = passage;
    if (--left == 0 && way != null) {
      way.answered(replyBytes);
    }
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
    for (RedisCall<?> call : calls) {
      sum += call.bytes();
    }
    return sum;
  }

  @Override
  public int operations() {
    return calls.size();
  }

  @Override
  public boolean isRead() {
    return true;
  }

  @Override
  public @Nullable Passage passage() {
    return passage;
  }

  @Override
  public void passage(Passage way) {
    passage = way;
  }

  @Override
  public boolean isFinished() {
    for (RedisCall<?> call : calls) {
      if (!call.isFinished()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void fail(RedisFailure failure) {
    calls.forEach(call -> call.fail(failure));
  }

  @Override
  public void lost() {
    calls.forEach(RedisCall::lost);
  }
}
