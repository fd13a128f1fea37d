package io.jitney.daemon.subscription;

import io.jitney.daemon.resiliency.PolicyRun;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The messages of one subscription that are being handled. Threads: any. */
final class InFlight {
  private final Promise<Boolean> idle = Promise.promise();
  private final Set<PolicyRun<?>> runs = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private int count;
  private boolean closed;
  private boolean hadSome;

  /** Whether another message may be handled; if so, {@link #leave} must follow. */
  synchronized boolean enter() {
    if (closed) {
      return false;
    }
    count++;
    return true;
  }

  void leave() {
    boolean last;
    synchronized (this) {
      count--;
      last = closed && count == 0;
    }
    if (last) {
      idle.tryComplete(true);
    }
  }

  /** Whether nothing is taken any more. */
  synchronized boolean closed() {
    return closed;
  }

  synchronized boolean isIdle() {
    return count == 0;
  }

  /** Nothing is taken any more; completes when nothing is handled, with whether something was. */
  Future<Boolean> close() {
    boolean none;
    synchronized (this) {
      if (!closed) {
        closed = true;
        hadSome = count > 0;
      }
      none = !hadSome;
    }
    if (none) {
      idle.tryComplete(false);
    }
    return idle.future();
  }

  /** Repetitions end when the subscription is cut off. */
  <T> Future<T> repeating(PolicyRun<T> run) {
    runs.add(run);
    return run.result().onComplete(done -> runs.remove(run));
  }

  /** Ends what is still being repeated; to be called after {@link #close}. */
  void cut() {
    runs.forEach(run -> run.cancel(new DeliveryException("subscription is closed")));
  }
}
