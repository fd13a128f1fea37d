package io.jitney.components.spi;

/**
 * What one reader of a broker has fetched and the app has not settled yet, on the account of the
 * app's flow, which decides how much that may be. It passes within moments; what an app has stored
 * in this process for good is counted by {@link KeptBytes}. Once it is closed it holds nothing, and
 * whatever is given back late counts no more. Thread-safe.
 */
public final class UnsettledBytes {
  private final Flow flow;
  private long held;
  private boolean closed;

  public UnsettledBytes(Flow flow) {
    this.flow = flow;
  }

  public synchronized void take(long bytes) {
    if (!closed) {
      held += bytes;
      flow.holds(bytes);
    }
  }

  public synchronized void give(long bytes) {
    if (!closed) {
      held -= bytes;
      flow.holds(-bytes);
    }
  }

  /** Gives everything back. Idempotent. */
  public synchronized void close() {
    if (!closed) {
      closed = true;
      flow.holds(-held);
      held = 0;
    }
  }
}
