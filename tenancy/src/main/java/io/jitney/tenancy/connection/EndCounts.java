package io.jitney.tenancy.connection;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Connections refused or ended by the daemon, by reason. */
public final class EndCounts {
  private final Map<ConnectionEnd, LongAdder> counts = new ConcurrentHashMap<>(4);

  public void add(ConnectionEnd reason) {
    LongAdder count = counts.get(reason);
    if (count == null) {
      count = counts.computeIfAbsent(reason, first -> new LongAdder());
    }
    count.increment();
  }

  public long of(ConnectionEnd reason) {
    LongAdder count = counts.get(reason);
    return count == null ? 0 : count.sum();
  }
}
