package io.jitney.components.spi;

/**
 * What one reader of a broker holds on a flow's account. Once it is closed it holds nothing, and
 * whatever is given back late counts no more. Thread-safe.
 */
public final class HeldBytes {
  private final Flow flow;
  private long held;
  private boolean closed;

  public HeldBytes(Flow flow) {
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
