package io.jitney.daemon.node;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Whether the daemon as such is ready: named parts that must all be there. Says nothing about any
 * app, whose health is its own. Threads: any.
 */
public final class NodeHealth {
  private final Set<String> missing = new ConcurrentSkipListSet<>();

  /** Adds a part that is not ready yet. */
  public void add(String part) {
    missing.add(part);
  }

  public void ready(String part) {
    missing.remove(part);
  }

  /** Parts that are not ready, in order. */
  public List<String> unready() {
    return List.copyOf(missing);
  }
}
