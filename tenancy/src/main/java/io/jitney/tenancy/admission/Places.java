package io.jitney.tenancy.admission;

import java.util.concurrent.atomic.AtomicLong;

/** So much of something that is taken and given back. The limit may differ from call to call. */
final class Places {
  private final AtomicLong taken = new AtomicLong();

  /**
   * Takes {@code count} unless that makes more than {@code most}; 0 is no limit. The limit is never
   * exceeded, and a refusal was true at one moment.
   */
  boolean take(long count, long most) {
    if (most == 0) {
      taken.addAndGet(count);
      return true;
    }
    while (true) {
      long now = taken.get();
      if (now + count > most) {
        return false;
      }
      if (taken.compareAndSet(now, now + count)) {
        return true;
      }
    }
  }

  void giveBack(long count) {
    taken.addAndGet(-count);
  }

  long taken() {
    return taken.get();
  }
}
