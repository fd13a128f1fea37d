package io.jitney.daemon.wake;

import io.vertx.core.Promise;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Calls to an app that wait for it to come, up to a bound. Not thread-safe. */
final class WaitingCalls {
  private static final int MOST = 1_000;

  private final Set<Promise<Void>> calls = new LinkedHashSet<>();

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /** False when too many wait. */
  boolean add(Promise<Void> call) {
    return calls.size() < MOST && calls.add(call);
  }

  /** It waits no more, however that came. */
  void remove(Promise<Void> call) {
    calls.remove(call);
  }

  /** The app is there. */
  void go() {
    end().forEach(Promise::tryComplete);
  }

  /** It does not come. */
  void fail(String why) {
    end().forEach(call -> call.tryFail(why));
  }

  /** Empty from here on: who is told may call again at once. */
  private List<Promise<Void>> end() {
    List<Promise<Void>> all = List.copyOf(calls);
    calls.clear();
    return all;
  }
}
