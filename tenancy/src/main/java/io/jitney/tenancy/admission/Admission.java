package io.jitney.tenancy.admission;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The answer to a call that asks to be let in. */
public sealed interface Admission {

  /**
   * Let in. One small object per call, because {@link #release()} has to be idempotent for each
   * call by itself: the ways a call can end (answer written, client gone, time over) race, and each
   * of them releases.
   */
  final class Admitted implements Admission {
    private static final VarHandle RELEASED;

    static {
      try {
        RELEASED = MethodHandles.lookup().findVarHandle(Admitted.class, "released", boolean.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final TenantAdmission by;

    @SuppressWarnings("unused") // through RELEASED
    private volatile boolean released;

    Admitted(TenantAdmission by) {
      this.by = by;
    }

    /**
     * Gives back what the call holds: call it on every path on which a call can end, and for a
     * stream when the stream ends. From any thread; a second time does nothing.
     */
    public void release() {
      if (RELEASED.compareAndSet(this, false, true)) {
        by.leave();
      }
    }
  }

  /**
   * Not let in. Nothing is held and nothing was used up: no release.
   *
   * @param reason which limit, for machines
   * @param limit the limit in words, for people: {@code 100 calls per second (burst 200)}
   * @param retryAfterMillis when it is worth to try again, at least 1. Exact for the rate; a guess
   *     of one second for calls in flight, as nobody knows when one of them ends
   */
  record Refused(Reason reason, String limit, long retryAfterMillis) implements Admission {}
}
