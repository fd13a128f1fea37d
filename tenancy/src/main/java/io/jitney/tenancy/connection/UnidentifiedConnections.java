package io.jitney.tenancy.connection;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Connections of callers that have not said yet who they are: few in all, and few from one address,
 * so that one that says nothing keeps nobody else out.
 */
public final class UnidentifiedConnections {
  private final int most;
  private final int mostOfSource;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Object, Integer> bySource = new ConcurrentHashMap<>();
  private final EndCounts ends = new EndCounts();

  public UnidentifiedConnections(int most, int mostOfSource) {
    this.most = most;
    this.mostOfSource = mostOfSource;
  }

  /**
   * Counts a new connection in; null, or why it is refused: it is counted as such then.
   *
   * @param source where it comes from: an address
   */
  public @Nullable ConnectionEnd tryOpen(Object source) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return refused(ConnectionEnd.UNIDENTIFIED);
    }
    if (bySource.merge(source, 1, Integer::sum) > mostOfSource) {
      closed(source);
      return refused(ConnectionEnd.SOURCE);
    }
    return null;
  }

  private ConnectionEnd refused(ConnectionEnd reason) {
    ends.add(reason);
    return reason;
  }

  /** One that was let in is closed, or known now. */
  public void closed(Object source) {
    open.decrementAndGet();
    bySource.computeIfPresent(source, (same, count) -> count == 1 ? null : count - 1);
  }

  public int open() {
    return open.get();
  }

  public EndCounts ends() {
    return ends;
  }
}
