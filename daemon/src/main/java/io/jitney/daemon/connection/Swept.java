package io.jitney.daemon.connection;

import org.jspecify.annotations.Nullable;

/**
 * Something that is looked at twice a second. An element of its loop's list: adding and removing
 * one costs a few writes and no object. On the loop.
 */
public abstract class Swept {
  @Nullable Swept previous;
  @Nullable Swept next;
  @Nullable LoopSweep in;

  /**
   * Looks at the time.
   *
   * @param now milliseconds of {@link LoopSweep#now}
   */
  protected abstract void sweep(long now);
}
