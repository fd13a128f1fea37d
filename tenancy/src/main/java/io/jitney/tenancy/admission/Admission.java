package io.jitney.tenancy.admission;

import org.jspecify.annotations.Nullable;

/** The answer to a call that asks to be let in. */
public sealed interface Admission {

  /**
   * Let in. One small object per call, because {@link #release()} has to be idempotent for each
   * call by itself: the ways a call can end (answer written, client gone, time over) race, and each
   * of them releases.
   */
  final class Admitted implements Admission {
    private final TenantAdmission by;

    // Guarded by this.
    private CallKind kind;
    private long bytes;
    private boolean released;

    Admitted(TenantAdmission by, CallKind kind, long bytes) {
      this.by = by;
      this.kind = kind;
      this.bytes = bytes;
    }

    /**
     * Gives back what the call holds: call it on every path on which a call can end, and for a
     * stream when the stream ends. From any thread; a second time does nothing.
     */
    public void release() {
      CallKind its;
      long held;
      synchronized (this) {
        if (released) {
          return;
        }
        released = true;
        its = kind;
        held = bytes;
      }
      by.leave(its, held);
    }

    /**
     * More of the body has come than was announced.
     *
     * @return null if there is room for it, now held too; else why not, counted as a refusal
     */
    public synchronized @Nullable Refused hold(long more) {
      if (released) {
        return null; // the call is over: whoever reads on drops what comes
      }
      Refused refused = by.hold(more);
      if (refused == null) {
        bytes += more;
      }
      return refused;
    }

    /** Some of the body has been passed on and is held no more. */
    public synchronized void passed(long less) {
      if (!released) {
        long back = Math.min(less, bytes);
        bytes -= back;
        by.giveBack(back);
      }
    }

    /**
     * The call turned out to be a stream.
     *
     * @return null if it may be one, and counts as one from now on; else why not, counted as a
     *     refusal: it goes on holding what it held
     */
    public synchronized @Nullable Refused becomesStream() {
      if (released || kind == CallKind.STREAM) {
        return null;
      }
      Refused refused = by.change(kind, CallKind.STREAM);
      if (refused == null) {
        kind = CallKind.STREAM;
      }
      return refused;
    }
  }

  /**
   * Not let in. Nothing is held and nothing was used up: no release.
   *
   * @param reason which limit, for machines
   * @param limit the limit in words, for people: {@code 100 calls per second (burst 200)}
   * @param value its number, for machines: {@code 100}; empty where it has none
   * @param retryAfterMillis when it is worth to try again, at least 1. Exact for the rate; a guess
   *     of one second for what others hold, as nobody knows when they end
   */
  record Refused(Reason reason, String limit, String value, long retryAfterMillis)
      implements Admission {
    /** By a limit without a number. */
    public Refused(Reason reason, String limit, long retryAfterMillis) {
      this(reason, limit, "", retryAfterMillis);
    }
  }
}
