package io.jitney.tenancy.fair;

import org.jspecify.annotations.Nullable;

/**
 * Turns in a row, linked by themselves: a turn is in one list at a time. Guarded as its queue is.
 */
final class TurnList {
  private @Nullable Turn head;
  private @Nullable Turn tail;

  @Nullable Turn first() {
    return head;
  }

  @Nullable Turn last() {
    return tail;
  }

  /**
   * Adds a turn.
   *
   * @param before whom it follows; null: nobody
   */
  void add(Turn turn, @Nullable Turn before) {
    Turn after = before == null ? head : before.next;
    turn.previous = before;
    turn.next = after;
    if (before == null) {
      head = turn;
    } else {
      before.next = turn;
    }
    if (after == null) {
      tail = turn;
    } else {
      after.previous = turn;
    }
  }

  void remove(Turn turn) {
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
  }
}
