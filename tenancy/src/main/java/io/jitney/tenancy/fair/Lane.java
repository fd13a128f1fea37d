package io.jitney.tenancy.fair;

import org.jspecify.annotations.Nullable;

/** What a queue knows of one flow. Guarded as its queue is. */
final class Lane {
  /** Rises fast and falls slowly: an estimate too low lets a heavy flow overtake light ones. */
  private static final double UP = 1.0 / 4;

  private static final double DOWN = 1.0 / 16;

  final Flow flow;

  /** Service it has had, in cost by weight, on the scale of the queue's virtual time. */
  double tag;

  /** Moving average of its calls' cost; 0 before the first. */
  double average;

  /** Calls that have begun and are not done. */
  int running;

  /** Calls that wait. */
  int queued;

  /** Its place in the heap of lanes that can be served; -1: not there. */
  int heapIndex = -1;

  /** Whether it is below its floor: served before those that are not. */
  boolean needy;

  /** The weight under which it is counted among those that wait. */
  int countedWeight;

  /** How often the queue had looked for idle flows when this one was used last. */
  int usedAtSweep;

  private @Nullable Turn head;
  private @Nullable Turn tail;

  Lane(Flow flow) {
    this.flow = flow;
  }

  void learn(double cost) {
    average = average == 0 ? cost : average + (cost - average) * (cost > average ? UP : DOWN);
  }

  void append(Turn turn) {
    Turn last = tail;
    turn.previous = last;
    if (last == null) {
      head = turn;
    } else {
      last.next = turn;
    }
    tail = turn;
    queued++;
    flow.waits(1);
  }

  @Nullable Turn first() {
    return head;
  }

  @Nullable Turn last() {
    return tail;
  }

  void unlink(Turn turn) {
    Turn before = turn.previous;
    Turn after = turn.next;
    if (before == null) {
      head = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.previous = before;
    }
    turn.previous = null;
    turn.next = null;
    queued--;
    flow.waits(-1);
  }

  /** Whether it may have one more place. */
  boolean belowCeiling() {
    int ceiling = flow.ceiling();
    return ceiling == 0 || running < ceiling;
  }
}
