package io.jitney.daemon.channel;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * When one instance may bring its app what comes from outside: subscriptions, input bindings, jobs.
 * Each of them is a {@link Part}; parts begin, in the order in which they were added, once the app
 * is there and healthy, stop when it is unhealthy, and stop for good when the instance closes. An
 * instance without an app begins as well: what its parts do without a channel is theirs to decide.
 *
 * <p>Health may change faster than parts do: what counts is the last state.
 *
 * <p>Threads: any. Parts are told one after the other, on any thread of the node.
 */
public final class AppLife {
  /** Something that goes on towards the app while it is healthy. */
  public interface Part {
    /**
     * The app may be called.
     *
     * @return completes when it was done, whether or not that worked; the next part waits for it. A
     *     failure is only logged by whoever fails
     */
    Future<Void> begin();

    /**
     * The app may not be called any more, or the instance closes. May come while {@link #begin} is
     * under way, which then ends as early as it can.
     *
     * @return completes when nothing of it goes on at the app
     */
    Future<Void> stop();
  }

  private final List<Part> parts = new CopyOnWriteArrayList<>();

  // Guarded by this.
  private boolean wanted;
  private boolean applied;
  private boolean ended;
  private boolean beginning;
  private int step;
  private @Nullable Promise<Void> settled;

  /** To be called before the instance is served. */
  public void add(Part part) {
    parts.add(part);
  }

  /**
   * The app became healthy or unhealthy.
   *
   * @return completes when all parts are in the state that was told last. Never fails
   */
  public Future<Void> healthy(boolean now) {
    return want(now, false);
  }

  /** Nothing begins any more; completes when all parts have stopped. Never fails. */
  public Future<Void> end() {
    return want(false, true);
  }

  private Future<Void> want(boolean now, boolean last) {
    Promise<Void> promise;
    boolean go;
    synchronized (this) {
      ended |= last;
      wanted = now && !ended;
      promise = settled;
      if (promise == null) {
        if (wanted == applied) {
          return Future.succeededFuture();
        }
        promise = Promise.promise();
        settled = promise;
        go = true;
      } else {
        go = beginning && !wanted; // does not wait for what it stops
      }
    }
    if (go) {
      next();
    }
    return promise.future();
  }

  private void next() {
    Promise<Void> over = null;
    boolean begins;
    int number;
    synchronized (this) {
      if (wanted == applied && !beginning) {
        over = settled;
        settled = null;
      }
      begins = wanted;
      beginning = begins;
      number = ++step;
    }
    if (over != null) {
      over.tryComplete();
      return;
    }
    Future<Void> all = Future.succeededFuture();
    for (Part part : parts) {
      all = all.compose(done -> begins ? begin(part, number) : guarded(part.stop()));
    }
    all.onComplete(done -> stepped(begins, number));
  }

  private void stepped(boolean begun, int number) {
    synchronized (this) {
      if (number != step) {
        return; // stopped meanwhile
      }
      applied = begun;
      beginning = false;
    }
    next();
  }

  private Future<Void> begin(Part part, int number) {
    synchronized (this) {
      if (number != step) {
        return Future.succeededFuture();
      }
    }
    return guarded(part.begin());
  }

  private static Future<Void> guarded(Future<Void> doing) {
    return doing.recover(failure -> Future.succeededFuture());
  }
}
