package io.jitney.components.pubsub.redis;

import java.util.LinkedHashSet;

/**
 * How many messages of a component are handled at one time, its topics taking turns. One event
 * loop's.
 */
final class Workers {
  private final LinkedHashSet<StreamSubscription> waiting = new LinkedHashSet<>();
  private int free;

  Workers(int places) {
    free = places;
  }

  /**
   * A place, to be given back; false: {@link StreamSubscription#deliver} is called when there is
   * one.
   */
  boolean take(StreamSubscription subscription) {
    if (free == 0) {
      waiting.add(subscription);
      return false;
    }
    free--;
    return true;
  }

  void giveBack(int places) {
    free += places;
    while (free > 0 && !waiting.isEmpty()) {
      waiting.removeFirst().deliver();
    }
  }
}
