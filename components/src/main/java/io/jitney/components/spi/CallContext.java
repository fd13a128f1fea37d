package io.jitney.components.spi;

import org.jspecify.annotations.Nullable;

/**
 * What accompanies one call into a component.
 *
 * @param deadlineNanos {@link System#nanoTime()} value after which nobody waits for the answer
 * @param traceparent W3C trace context of the call, if there is one
 * @param flow on whose account it runs
 */
public record CallContext(long deadlineNanos, @Nullable String traceparent, Flow flow) {
  /** A call on the node's own account. */
  public CallContext(long deadlineNanos, @Nullable String traceparent) {
    this(deadlineNanos, traceparent, Flow.NODE);
  }

  /** The same call on another account. */
  public CallContext on(Flow other) {
    return new CallContext(deadlineNanos, traceparent, other);
  }

  /** Time left until the deadline in milliseconds, at least 1. */
  public long remainingMillis() {
    return Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }
}
