package io.jitney.daemon.subscription;

import org.jspecify.annotations.Nullable;

/**
 * One try to deliver. Whoever does not wait for it any longer gives it up; then the app's answer is
 * not waited for by anybody, and the places that it takes are free for others.
 *
 * <p>Threads: any.
 */
final class Attempt {
  // Guarded by this.
  private @Nullable Runnable stop;
  private boolean givenUp;

  /** Says how to take back what goes on now, in the place of what was said before. */
  void runs(Runnable takeBack) {
    synchronized (this) {
      if (!givenUp) {
        stop = takeBack;
        return;
      }
    }
    takeBack.run();
  }

  /** Whether there is no use in going on. */
  synchronized boolean isGivenUp() {
    return givenUp;
  }

  void giveUp() {
    Runnable last;
    synchronized (this) {
      givenUp = true;
      last = stop;
      stop = null;
    }
    if (last != null) {
      last.run();
    }
  }
}
