package io.jitney.tenancy.memory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How large the answers of one tenant's operations have been lately: the largest of the last five
 * to ten minutes. Said before a call what it will most likely hold.
 *
 * <p>Keys are names of operations, of which there are a few dozen. Threads: any.
 */
public final class Expectations {
  private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final class Sizes {
    volatile long since = System.nanoTime();
    volatile long now = -1;
    volatile long before = -1;
  }

  private final Map<String, Sizes> byOperation = new ConcurrentHashMap<>();

  /**
   * Bytes to expect.
   *
   * @param unknown what to expect of an operation that was not seen lately
   */
  public long of(String operation, long unknown) {
    Sizes sizes = byOperation.get(operation);
    if (sizes == null) {
      return unknown;
    }
    if (System.nanoTime() - sizes.since > PERIOD_NANOS) {
      turn(sizes);
    }
    long largest = Math.max(sizes.now, sizes.before);
    return largest < 0 ? unknown : largest;
  }

  /** An answer was this large. */
  public void saw(String operation, long bytes) {
    Sizes sizes = byOperation.get(operation);
    if (sizes == null) {
      sizes = byOperation.computeIfAbsent(operation, first -> new Sizes());
    }
    if (bytes > sizes.now) { // a race loses one of two, and the next answer finds it
      sizes.now = bytes;
    }
  }

  private static void turn(Sizes sizes) {
    synchronized (sizes) {
      long time = System.nanoTime();
      if (time - sizes.since > PERIOD_NANOS) {
        sizes.before = time - sizes.since > 2 * PERIOD_NANOS ? -1 : sizes.now;
        sizes.now = -1;
        sizes.since = time;
      }
    }
  }
}
