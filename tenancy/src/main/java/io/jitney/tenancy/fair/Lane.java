package io.jitney.tenancy.fair;

import org.jspecify.annotations.Nullable;

/** What a queue knows of one flow. Guarded as its queue is. */
final class Lane {
  /** Rises fast and falls slowly: an estimate too low lets a heavy flow overtake light ones. */
  private static final double UP = 1.0 / 4;

  private static final double DOWN = 1.0 / 16;

  /** When it is the newest's turn, the oldest has one of so many. */
  private static final int OLDEST_OF = 32;

  final Flow flow;

  /** Service it has had, in cost by weight, on the scale of the queue's virtual time. */
  double tag;

  /** Moving average of its calls' cost; 0 before the first. */
  double average;

  /** Calls that have begun and are not done. */
  int running;

  /** Calls that wait. */
  int queued;

  /** Calls that have begun and are not over, where their owner tells of that. */
  int begun;

  /** Its place in the heap of lanes that can be served; -1: not there. */
  int heapIndex = -1;

  /** Whether it is below its floor: served before those that are not. */
  boolean needy;

  /** The weight under which it is counted among those that wait. */
  int countedWeight;

  /** How often the queue had looked for idle flows when this one was used last. */
  int usedAtSweep;

  /** First those that go on with what has begun, in their order, then the others in theirs. */
  private final TurnList turns = new TurnList();

  /** Those that begin calls. */
  private final TurnList calls = new TurnList();

  /** The last of those that go on with what has begun. */
  private @Nullable Turn lastGoingOn;

  private int newestServed;

  Lane(Flow flow) {
    this.flow = flow;
  }

  void learn(double cost) {
    average = average == 0 ? cost : average + (cost - average) * (cost > average ? UP : DOWN);
  }

  void append(Turn turn) {
    if (turn.beginsCall()) {
      calls.add(turn, calls.last());
    } else if (turn.goesOn()) {
      turns.add(turn, lastGoingOn);
      lastGoingOn = turn;
    } else {
      turns.add(turn, turns.last());
    }
    queued++;
    flow.waits(1);
  }

  /** Whether a call may begin. */
  boolean mayBegin() {
    int most = flow.mostBegun();
    return most == 0 || begun < most;
  }

  /** Whether there are turns that may come. */
  boolean hasNext() {
    return turns.first() != null || (calls.first() != null && mayBegin());
  }

  /**
   * Whose turn it is: the oldest's, or the newest's once the oldest has waited for too long. From
   * then on whoever has waited for long is about to give up, and serving them in their order would
   * serve nobody in time. Some of the oldest come all the same, for those who are patient.
   *
   * @param standingNanos wait of the oldest from which on it is the newest's turn; 0: never
   */
  @Nullable Turn upNext(long nowNanos, long standingNanos) {
    Turn turn = turns.first();
    if (lastGoingOn != null) {
      return turn;
    }
    boolean begins = calls.first() != null && mayBegin();
    Turn oldest = begins ? older(turn, calls.first()) : turn;
    if (standingNanos == 0
        || oldest == null
        || nowNanos - oldest.enteredNanos < standingNanos
        || ++newestServed % OLDEST_OF == 0) {
      return oldest;
    }
    return begins ? newer(turns.last(), calls.last()) : turns.last();
  }

  private static @Nullable Turn older(@Nullable Turn one, @Nullable Turn other) {
    return one == null || (other != null && other.enteredNanos - one.enteredNanos < 0)
        ? other
        : one;
  }

  private static @Nullable Turn newer(@Nullable Turn one, @Nullable Turn other) {
    return one == null || (other != null && other.enteredNanos - one.enteredNanos > 0)
        ? other
        : one;
  }

  /** Any that waits; together with {@link #after} it leads to all of them. */
  @Nullable Turn first() {
    Turn first = turns.first();
    return first == null ? calls.first() : first;
  }

  /** The one after this; null: none. */
  @Nullable Turn after(Turn turn) {
    return turn.next == null && !turn.beginsCall() ? calls.first() : turn.next;
  }

  /** The one that came last. */
  @Nullable Turn last() {
    return newer(turns.last(), calls.last());
  }

  void unlink(Turn turn) {
    if (turn.beginsCall()) {
      calls.remove(turn);
    } else {
      if (turn == lastGoingOn) {
        lastGoingOn = turn.previous;
      }
      turns.remove(turn);
    }
    queued--;
    flow.waits(-1);
  }

  /** Whether it may have one more place. */
  boolean belowCeiling() {
    int ceiling = flow.ceiling();
    return ceiling == 0 || running < ceiling;
  }
}
