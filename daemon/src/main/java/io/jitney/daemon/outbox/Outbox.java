package io.jitney.daemon.outbox;

import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an instance knows about its own transactions: whoever relays an event that was published
 * here need not look for its marker. Threads: any.
 */
public final class Outbox {
  /** How a transaction ended. */
  enum Outcome {
    /** The markers are in the store. */
    DONE,
    /** It did not take place, and the markers are not in the store. */
    FAILED,
    /** Nobody knows; the store does. */
    UNKNOWN
  }

  /** Events that another replica relays leave their entries here; the eldest go. */
  private static final int MOST = 10_000;

  private final AppInstance instance;

  // Guarded by itself.
  private final Map<String, Promise<Outcome>> transactions =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Promise<Outcome>> eldest) {
          if (size() > MOST) {
            eldest.getValue().tryComplete(Outcome.UNKNOWN);
            return true;
          }
          return false;
        }
      };

  private volatile Runnable wanted = () -> {};

  public Outbox(AppInstance instance) {
    this.instance = instance;
  }

  /** What is to be done when something is published, so that somebody relays it. */
  void onPublish(Runnable relay) {
    wanted = relay;
  }

  /** An event is about to be published. */
  void begin(String marker) {
    synchronized (transactions) {
      transactions.put(marker, Promise.promise());
    }
    wanted.run();
  }

  void end(String marker, Outcome outcome) {
    Promise<Outcome> waiting;
    synchronized (transactions) {
      waiting = transactions.get(marker);
    }
    if (waiting != null) {
      waiting.tryComplete(outcome);
    }
  }

  /** How the transaction of an event ends; null when it is not one of this instance. */
  @Nullable Future<Outcome> outcome(String marker) {
    synchronized (transactions) {
      Promise<Outcome> known = transactions.get(marker);
      return known == null ? null : known.future();
    }
  }

  /** Its event needs no further look. */
  void forget(String marker) {
    synchronized (transactions) {
      transactions.remove(marker);
    }
  }

  @Override
  public String toString() {
    return "Outbox[" + instance + "]";
  }
}
