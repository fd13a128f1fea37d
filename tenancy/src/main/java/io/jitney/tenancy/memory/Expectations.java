package io.jitney.tenancy.memory;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How large the answers of one tenant's operations have been lately: the largest of the last half
 * an hour to an hour. Said before a call what it will most likely hold.
 *
 * <p>Keys are names of operations, of which there are a few dozen. Threads: any.
 */
public final class Expectations {
  private static final long PERIOD_NANOS = TimeUnit.MINUTES.toNanos(30);

  private static final class Sizes {
    volatile long since = System.nanoTime();
    volatile long now = -1;
    volatile long before = -1;
  }

  private final Map<String, Sizes> byOperation = new ConcurrentHashMap<>();

  private final AtomicInteger unknown = new AtomicInteger();

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

  /** A call began whose answer nobody can tell the size of. */
  public void startUnknown() {
    unknown.incrementAndGet();
  }

  /** Such a call is over. */
  public void endUnknown() {
    unknown.decrementAndGet();
  }

  /** Such calls under way. */
  public int unknown() {
    return unknown.get();
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
