package io.jitney.tenancy.connection;

import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The client connections of one tenant, over all listeners and instances. */
public final class TenantConnections {
  private static final double MOST_PER_SECOND = 1e9;

  private final AtomicInteger open = new AtomicInteger();
  private final EndCounts ends = new EndCounts();
  private volatile int most = Integer.MAX_VALUE;
  private volatile double perSecond = Double.POSITIVE_INFINITY;
  private volatile @Nullable Bucket bucket;

  /**
   * Changes the limits, live: connections that are open stay.
   *
   * @param connections open at one time; {@link Integer#MAX_VALUE}: no limit
   * @param rate new ones per second, a second's worth at once; infinite: no limit
   */
  public synchronized void limit(int connections, double rate) {
    most = connections;
    if (rate != perSecond) { // else its bucket would be full again
      perSecond = rate;
      bucket = rate >= MOST_PER_SECOND ? null : bucket(rate);
    }
  }

  private static Bucket bucket(double rate) {
    long burst = Math.max(1, (long) Math.ceil(rate));
    long tokens = rate >= 1 ? Math.round(rate * 1_000) : 1;
    Duration period =
        rate >= 1 ? Duration.ofSeconds(1_000) : Duration.ofNanos(Math.round(1e9 / rate));
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(tokens, period))
        .build();
  }

  /** Counts a new connection in; null, or why it is refused: it is counted as such then. */
  public @Nullable ConnectionEnd tryOpen() {
    Bucket rate = bucket;
    if (open.get() >= most) {
      return refused(ConnectionEnd.CONNECTIONS);
    }
    if (rate != null && !rate.tryConsume(1)) {
      return refused(ConnectionEnd.ACCEPT_RATE);
    }
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return refused(ConnectionEnd.CONNECTIONS);
    }
    return null;
  }

  private ConnectionEnd refused(ConnectionEnd reason) {
    ends.add(reason);
    return reason;
  }

  /** One that was let in is closed. */
  public void closed() {
    open.decrementAndGet();
  }

  public int open() {
    return open.get();
  }

  /** Why connections of this tenant were refused or ended. */
  public EndCounts ends() {
    return ends;
  }
}
