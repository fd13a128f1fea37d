package io.jitney.daemon.invoke;

/** How a call is taken back when its caller goes away. Lives on the caller's event loop. */
final class Cancellation {
  private Runnable undo = () -> {};
  private boolean cancelled;
  private boolean over;
  private Runnable ended = () -> {};

  /** What is to be undone from now on, in place of what was before. */
  void holds(Runnable now) {
    if (cancelled) {
      now.run();
    } else {
      undo = now;
    }
  }

  boolean cancelled() {
    return cancelled;
  }

  /** The caller is gone, or its answer can not be finished. */
  void cancel() {
    if (!cancelled && !over) {
      cancelled = true;
      undo.run();
      end();
    }
  }

  /** The call came to its end: there is nothing to undo. */
  void over() {
    over = true;
    undo = () -> {};
    end();
  }

  /** Runs {@code told} once when the call has ended, whichever way; now if it has. */
  void whenEnded(Runnable told) {
    if (cancelled || over) {
      told.run();
      return;
    }
    Runnable before = ended;
    ended =
        () -> {
          before.run();
          told.run();
        };
  }

  private void end() {
    Runnable told = ended;
    ended = () -> {};
    told.run();
  }
}
