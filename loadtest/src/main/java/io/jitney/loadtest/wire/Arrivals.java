package io.jitney.loadtest.wire;

import java.util.HashMap;
import java.util.Map;

/** Who waits for which event. On the event loop. */
public final class Arrivals {
  private final Map<Long, Runnable> waiting = new HashMap<>();
  // Events of an earlier run may still be in a broker that outlives it.
  private long last = System.currentTimeMillis() << 20;

  /** The number of another event; the action runs when it arrives for the first time. */
  long expect(Runnable arrived) {
    waiting.put(++last, arrived);
    return last;
  }

  void forget(long number) {
    waiting.remove(number);
  }

  /** An event is there. */
  public void arrived(long number) {
    Runnable action = waiting.remove(number);
    if (action != null) {
      action.run();
    }
  }
}
