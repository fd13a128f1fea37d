package io.jitney.loadtest.wire;

import io.jitney.loadtest.scenario.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which call comes next: by share, in an order that is the same in every run. */
final class Mix {
  private final int[] order;
  private int next;

  Mix(List<Call> calls, long seed) {
    List<Integer> slots = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      for (int s = 0; s < calls.get(i).share(); s++) {
        slots.add(i);
      }
    }
    Collections.shuffle(slots, new Random(seed));
    order = slots.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Index of a call. */
  int next() {
    int index = order[next];
    next = next + 1 == order.length ? 0 : next + 1;
    return index;
  }
}
