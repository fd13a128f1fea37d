package io.jitney.daemon.instance;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the API calls that an instance is serving, so that what they use is closed after them.
 * Calls come over the instance's own listeners and over the node's. Threads: any.
 */
public final class RunningCalls {
  private final AtomicInteger running = new AtomicInteger();
  private final Promise<Void> idle = Promise.promise();
  private volatile boolean awaited;

  /** To be called in the same turn of an event loop in which the instance was seen running. */
  public void begin() {
    running.incrementAndGet();
  }

  /** Once for each {@link #begin}. */
  public void end() {
    if (running.decrementAndGet() == 0 && awaited) {
      idle.tryComplete();
    }
  }

  /** Calls running now. */
  public int count() {
    return running.get();
  }

  /**
   * Completes when no call runs any more. To be called when the instance has stopped being running
   * and its listeners accept no more.
   *
   * @param loops all event loops: a call that saw the instance running has begun when its loop's
   *     turn is over
   */
  public Future<Void> idle(List<Context> loops) {
    List<Future<Void>> turns = new ArrayList<>(loops.size());
    for (Context loop : loops) {
      Promise<Void> turn = Promise.promise();
      loop.runOnContext(now -> turn.complete());
      turns.add(turn.future());
    }
    Future.join(turns)
        .onComplete(
            over -> {
              awaited = true;
              if (running.get() == 0) {
                idle.tryComplete();
              }
            });
    return idle.future();
  }
}
