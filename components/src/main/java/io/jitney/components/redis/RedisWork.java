package io.jitney.components.redis;

import io.jitney.components.spi.CallContext;
import org.jspecify.annotations.Nullable;

/** What waits for its turn on a connection: a call, a batch or a transaction. Its loop's only. */
sealed interface RedisWork permits RedisCall, RedisBatch, RedisTransaction {
  /** On whose account it runs, and until when somebody waits for it. */
  CallContext context();

  /** Which connection it asked for. */
  RedisPool.Lane lane();

  /** Bytes to be sent, about. */
  int bytes();

  /** Commands to be sent. */
  int operations();

  /** The answer is likely to be as large as its flow's answers are. */
  boolean isRead();

  /** Its way through a lane; null before it has one. */
  @Nullable Passage passage();

  void passage(Passage passage);

  /** Somebody has been told how it ended. */
  boolean isFinished();

  /** Ends it, unless it is finished already or is going to be tried again. */
  void fail(RedisFailure failure);

  /** The connection is gone on which it was written, if it was. */
  void lost();
}
