package io.jitney.components.redis;

/** What waits in a loop's queue: one call, or a transaction. Touched on its loop only. */
sealed interface RedisWork permits RedisCall, RedisTransaction {
  /** {@link System#nanoTime()} after which nobody waits. */
  long deadlineNanos();

  /** {@link System#nanoTime()} when it was handed to the connection. */
  long sentNanos();

  void sentNanos(long now);

  boolean isFinished();

  /** Ends it, unless it is finished already or is going to be tried again. */
  void fail(RedisFailure failure);
}
