package io.jitney.tenancy.fair;

import org.jspecify.annotations.Nullable;

/**
 * One call that wants a turn; used once. Subclass it where the call's own object is, so that
 * waiting costs no further object.
 *
 * <p>Exactly one of {@link #start} and {@link #refused} is called, once, unless the turn is
 * cancelled first. Neither may block or throw.
 */
public abstract class Turn {
  /** Why a call gets no turn. */
  public enum Refusal {
    /** As many calls wait as may wait, of this flow or of all. */
    QUEUE_FULL,
    /** Its deadline passed while it waited, or its caller left. */
    DEADLINE,
    /** The resource is gone. */
    CLOSED
  }

  enum State {
    NEW,
    QUEUED,
    RUNNING,
    OVER
  }

  // All of it is the queue's.
  State state = State.NEW;
  @Nullable Lane lane;
  @Nullable Turn previous;
  @Nullable Turn next;
  double estimate;
  long deadlineNanos;
  long enteredNanos;
  @Nullable Refusal refusal;

  /** Tells the call that it is refused: for the owner of a queue that gave it back. */
  public final void refuse() {
    Refusal why = refusal;
    if (why != null) {
      refused(why);
    }
  }

  /**
   * Whether somebody still waits for the call; if not, it ends as if its deadline had passed when
   * its turn comes. Asked under the queue's lock: quick, and never the other way round.
   */
  protected boolean isWanted() {
    return true;
  }

  /**
   * Whether it goes on with a call that has begun: such turns come before the flow's others, in
   * their order. What is begun holds memory and places, and is nearly paid for.
   */
  protected boolean goesOn() {
    return false;
  }

  /**
   * Whether it begins a call: such turns come only when their flow {@linkplain FairQueue#mayBegin
   * may begin} one.
   */
  protected boolean beginsCall() {
    return false;
  }

  /** Begins the call. */
  protected abstract void start();

  /** Ends the call, which never began. */
  protected abstract void refused(Refusal why);
}
