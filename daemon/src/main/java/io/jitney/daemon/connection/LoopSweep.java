package io.jitney.daemon.connection;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of an event loop for everything that has a deadline of seconds, and its clock. Runs
 * only while there is something to look at. All on the loop.
 */
public final class LoopSweep {
  private static final long PERIOD_MILLIS = 500;

  private final EventLoop loop;
  private final Runnable atEach;
  private @Nullable Swept first;

  /** The one that is looked at next while a sweep is under way. */
  private @Nullable Swept upcoming;

  private @Nullable ScheduledFuture<?> timer;
  private long now = clock();

  /**
   * @param atEach run at each sweep
   */
  LoopSweep(EventLoop loop, Runnable atEach) {
    this.loop = loop;
    this.atEach = atEach;
  }

  private static long clock() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  EventLoop loop() {
    return loop;
  }

  /** Milliseconds of a clock that only goes forward, up to half a second late. */
  public long now() {
    return now;
  }

  /** Begins to look at it. Nothing if it is looked at already. */
  public void add(Swept one) {
    if (one.in != null) {
      return;
    }
    one.in = this;
    one.previous = null;
    one.next = first;
    if (first != null) {
      first.previous = one;
    }
    first = one;
    if (timer == null) {
      now = clock();
      timer =
          loop.scheduleWithFixedDelay(
              this::sweep, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Looks at it no more. Nothing if it does not. */
  public static void remove(Swept one) {
    LoopSweep sweep = one.in;
    if (sweep != null) {
      sweep.unlink(one);
    }
  }

  private void unlink(Swept one) {
    Swept before = one.previous;
    Swept after = one.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    if (upcoming == one) {
      upcoming = after;
    }
    one.in = null;
    one.previous = null;
    one.next = null;
  }

  private void sweep() {
    now = clock();
    atEach.run();
    for (Swept one = first; one != null; one = upcoming) {
      upcoming = one.next;
      one.sweep(now);
    }
    upcoming = null;
    ScheduledFuture<?> running = timer;
    if (first == null && running != null) {
      timer = null;
      running.cancel(false);
    }
  }
}
