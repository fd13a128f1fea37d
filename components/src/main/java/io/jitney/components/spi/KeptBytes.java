package io.jitney.components.spi;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The heap that components may fill with what apps have them keep (values of the in-memory store),
 * all together. Who keeps something may have at most half of what the others leave free: so one
 * that is alone can not take everything, and there is something left for whoever comes later.
 * Messages that only pass are {@link UnsettledBytes}.
 *
 * <p>Threads: any.
 */
public final class KeptBytes {
  private final long most;
  private final AtomicLong all = new AtomicLong();

  /**
   * @param most bytes, all together
   */
  public KeptBytes(long most) {
    this.most = most;
  }

  /** A fifth of the greatest heap: most of it is for calls, and for what they leave to collect. */
  public static KeptBytes byHeap() {
    return new KeptBytes(Runtime.getRuntime().maxMemory() / 5);
  }

  /** A part for one component of one app. */
  public Share share() {
    return new Share();
  }

  /** What one component of one app keeps. */
  public final class Share {
    // Guarded by this.
    private long held;

    private Share() {}

    /**
     * Keeps so many bytes more, or fewer; fewer is always possible.
     *
     * @return false if that is more than it may have; then nothing has changed
     */
    public synchronized boolean change(long bytes) {
      if (bytes > 0 && held + bytes > mostNow()) {
        return false;
      }
      held += bytes;
      all.addAndGet(bytes);
      return true;
    }

    /** What it may have as things are now, in bytes. */
    public synchronized long mostNow() {
      return Math.max(0, (most - (all.get() - held)) / 2);
    }

    /** What it keeps, in bytes. */
    public synchronized long held() {
      return held;
    }

    /** It keeps nothing any more. */
    public synchronized void clear() {
      all.addAndGet(-held);
      held = 0;
    }
  }
}
