package io.jitney.daemon.channel;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one app instance: how many are on their way, and {@code app-max-concurrency}. A call
 * over the limit waits, first come, first served; at most {@value #MAX_WAITING} wait, none longer
 * than {@value #MAX_WAIT_MILLIS} ms.
 *
 * <p>Threads: any. A waiting call goes on in its own context.
 */
public final class AppLoad {
  static final int MAX_WAITING = 4096;
  static final long MAX_WAIT_MILLIS = 600_000;

  private final Vertx vertx;
  private final int limit;
  private final AtomicInteger inFlight = new AtomicInteger();

  // Guarded by this.
  private final ArrayDeque<Slot> waiting = new ArrayDeque<>();
  private int taken;
  private boolean closed;

  /**
   * @param limit calls at once; 0 or less: no limit
   */
  public AppLoad(Vertx vertx, int limit) {
    this.vertx = vertx;
    this.limit = limit;
  }

  /** Calls on their way to the app or waiting for it. */
  public int inFlight() {
    return inFlight.get();
  }

  /** A call that the limit does not hold for; it counts as load. */
  public Slot enterUnlimited() {
    inFlight.incrementAndGet();
    return new Slot(false);
  }

  /** A call that takes one of the places; release it when the answer was consumed. */
  public Slot enter() {
    inFlight.incrementAndGet();
    if (limit <= 0) {
      return new Slot(false);
    }
    Slot slot = new Slot(true);
    synchronized (this) {
      if (closed) {
        slot.refuse(new ChannelClosedException());
      } else if (taken < limit) {
        taken++;
        slot.state = State.GRANTED;
      } else if (waiting.size() < MAX_WAITING) {
        slot.await();
        waiting.add(slot);
      } else {
        slot.refuse(
            new AppBusyException(
                "too many calls wait for the app (app-max-concurrency " + limit + ")"));
      }
    }
    return slot;
  }

  /** Refuses who waits and who comes; calls at the app go on. */
  public void close() {
    List<Slot> refused;
    synchronized (this) {
      closed = true;
      refused = new ArrayList<>(waiting);
      waiting.clear();
      refused.forEach(slot -> slot.state = State.OVER);
    }
    refused.forEach(slot -> slot.fail(new ChannelClosedException()));
  }

  private enum State {
    /** No limit: only counts. */
    FREE,
    WAITING,
    GRANTED,
    OVER
  }

  /** One call's place. */
  public final class Slot {
    private final AtomicBoolean released = new AtomicBoolean();
    private @Nullable Promise<Void> granted;
    private @Nullable RuntimeException refusal;
    private long timer = -1;

    // Guarded by AppLoad.this.
    private State state;

    private Slot(boolean limited) {
      state = limited ? State.OVER : State.FREE;
    }

    private void refuse(RuntimeException cause) {
      refusal = cause;
    }

    private void await() {
      state = State.WAITING;
      granted = Promise.promise();
      timer = vertx.setTimer(MAX_WAIT_MILLIS, late -> expire());
    }

    private void expire() {
      synchronized (AppLoad.this) {
        if (state != State.WAITING) {
          return;
        }
        waiting.remove(this);
        state = State.OVER;
      }
      fail(new AppBusyException("waited too long for the app (app-max-concurrency " + limit + ")"));
    }

    private void fail(RuntimeException cause) {
      Promise<Void> promise = granted;
      if (promise != null) {
        vertx.cancelTimer(timer);
        promise.tryFail(cause);
      }
    }

    private void grant() {
      Promise<Void> promise = granted;
      if (promise != null) {
        vertx.cancelTimer(timer);
        promise.tryComplete();
      }
    }

    /** Null when the call may go on at once; else completes when it may, or fails. */
    public @Nullable Future<Void> turn() {
      RuntimeException refused = refusal;
      if (refused != null) {
        return Future.failedFuture(refused);
      }
      Promise<Void> promise = granted;
      return promise == null ? null : promise.future();
    }

    /** Gives the place back, or stops waiting for it; a second time does nothing. */
    public void release() {
      if (!released.compareAndSet(false, true)) {
        return;
      }
      inFlight.decrementAndGet();
      if (limit <= 0) {
        return;
      }
      Slot next = null;
      synchronized (AppLoad.this) {
        switch (state) {
          case FREE, OVER -> {}
          case WAITING -> {
            waiting.remove(this);
            state = State.OVER;
          }
          case GRANTED -> {
            state = State.OVER;
            next = waiting.poll();
            if (next == null) {
              taken--;
            } else {
              next.state = State.GRANTED;
            }
          }
        }
      }
      if (next != null) {
        next.grant();
      } else {
        fail(new ChannelClosedException()); // nobody listens any more; cancels the timer
      }
    }
  }
}
