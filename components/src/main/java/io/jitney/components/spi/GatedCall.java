package io.jitney.components.spi;

import org.jspecify.annotations.Nullable;

/**
 * One call that wants through a {@link CallGate}; used once. Subclass it where the call's own
 * object is.
 *
 * <p>Exactly one of {@link #start} and {@link #refused} is called, once, unless the call is
 * cancelled first. Neither may block or throw, and both may come on any thread: who needs an event
 * loop goes there.
 */
public abstract class GatedCall {
  /** Why a call does not get through. */
  public enum Refusal {
    /** As many calls wait as may wait. */
    QUEUE_FULL,
    /** Its deadline passed while it waited. */
    DEADLINE,
    /** The gate is closed. */
    CLOSED
  }

  private @Nullable Object ticket;

  /** Begins the call; {@link CallGate#done} is due when it is over. */
  protected abstract void start();

  /** Ends the call, which never began. */
  protected abstract void refused(Refusal why);

  /** For the gate's own use. */
  public final @Nullable Object ticket() {
    return ticket;
  }

  /** For the gate's own use. */
  public final void ticket(Object own) {
    ticket = own;
  }

  /** For the gate's own use. */
  public final void started() {
    start();
  }

  /** For the gate's own use. */
  public final void turnedAway(Refusal why) {
    refused(why);
  }
}
