package io.jitney.loadtest.worker;

import java.util.BitSet;

/** Which events were acknowledged and which have arrived. On the event loop. */
final class EventLedger {
  private final BitSet acknowledged = new BitSet();
  private final BitSet arrived = new BitSet();
  // Events of an earlier run may still be in a broker that outlives it.
  private final long base = System.currentTimeMillis() << 20;
  private int published;
  private long duplicates;
  private int acknowledgedCount;
  private int arrivedCount;

  /** The number of another event. */
  long next() {
    return base + ++published;
  }

  void acknowledged(long number) {
    acknowledged.set((int) (number - base));
    acknowledgedCount++;
  }

  void arrived(long number) {
    long index = number - base;
    if (index <= 0 || index > published) {
      return;
    }
    if (arrived.get((int) index)) {
      duplicates++;
    } else {
      arrived.set((int) index);
      arrivedCount++;
    }
  }

  int published() {
    return published;
  }

  int acknowledgedCount() {
    return acknowledgedCount;
  }

  int arrivedCount() {
    return arrivedCount;
  }

  long duplicates() {
    return duplicates;
  }

  /** Acknowledged and not there. */
  int missing() {
    BitSet missing = (BitSet) acknowledged.clone();
    missing.andNot(arrived);
    return missing.cardinality();
  }

  /** There without having been acknowledged. */
  int unexpected() {
    BitSet unexpected = (BitSet) arrived.clone();
    unexpected.andNot(acknowledged);
    return unexpected.cardinality();
  }
}
