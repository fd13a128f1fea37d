package io.jitney.tenancy.fair;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Lanes that can be served, the next one on top: needy before others, then the least service. */
final class LaneHeap {
  private @Nullable Lane[] lanes = new Lane[16];
  private int size;

  @Nullable Lane top() {
    return size == 0 ? null : lanes[0];
  }

  int size() {
    return size;
  }

  /** The lane at an index below {@link #size()}, in no order. */
  Lane at(int index) {
    Lane lane = lanes[index];
    if (lane == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return lane;
  }

  /** Adds the lane, or moves it to where it belongs now. */
  void place(Lane lane) {
    if (lane.heapIndex < 0) {
      if (size == lanes.length) {
        lanes = Arrays.copyOf(lanes, size * 2);
      }
      lane.heapIndex = size;
      lanes[size++] = lane;
    }
    up(lane);
    down(lane);
  }

  void remove(Lane lane) {
    int hole = lane.heapIndex;
    if (hole < 0) {
      return;
    }
    lane.heapIndex = -1;
    Lane last = at(--size);
    lanes[size] = null;
    if (last != lane) {
      lanes[hole] = last;
      last.heapIndex = hole;
      up(last);
      down(last);
    }
  }

  private static boolean before(Lane one, Lane other) {
    return one.needy == other.needy ? one.tag < other.tag : one.needy;
  }

  private void up(Lane lane) {
    int index = lane.heapIndex;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      Lane above = at(parent);
      if (!before(lane, above)) {
        break;
      }
      lanes[index] = above;
      above.heapIndex = index;
      index = parent;
    }
    lanes[index] = lane;
    lane.heapIndex = index;
  }

  private void down(Lane lane) {
    int index = lane.heapIndex;
    while (true) {
      int child = 2 * index + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(at(child + 1), at(child))) {
        child++;
      }
      Lane below = at(child);
      if (!before(below, lane)) {
        break;
      }
      lanes[index] = below;
      below.heapIndex = index;
      index = child;
    }
    lanes[index] = lane;
    lane.heapIndex = index;
  }
}
