package io.jitney.components.redis;

import io.jitney.components.spi.GatedCall;

/** One work's way through a lane: its place at the gate, and its times. The lane's own. */
final class Passage extends GatedCall {
  final RedisWork work;

  /** When it came, and when it was handed to the connection. */
  final long enteredNanos = System.nanoTime();

  long sentNanos;

  /** The connection owes it nothing any more: the answer came, or nothing can come. */
  boolean over;

  private final RedisLane lane;

  Passage(RedisLane lane, RedisWork work) {
    this.lane = lane;
    this.work = work;
  }

  @Override
  protected void start() {
    lane.onLoop(() -> lane.begin(this));
  }

  @Override
  protected void refused(Refusal why) {
    lane.onLoop(() -> lane.refused(this, why));
  }

  /**
   * The last answer to its work has come. On the loop.
   *
   * @param replyBytes size of the answer, about
   */
  void answered(long replyBytes) {
    lane.answered(this, replyBytes);
  }
}
