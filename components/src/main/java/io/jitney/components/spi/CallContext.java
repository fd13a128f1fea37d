package io.jitney.components.spi;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What accompanies one call into a component.
 *
 * @param deadlineNanos {@link System#nanoTime()} value after which nobody waits for the answer
 * @param traceparent W3C trace context of the call, if there is one
 * @param flow on whose account it runs
 * @param wanted whether somebody still waits for the answer; asked on any thread. What has not
 *     begun need not begin any more when nobody does
 */
public record CallContext(
    long deadlineNanos, @Nullable String traceparent, Flow flow, BooleanSupplier wanted) {
  /** A call that is wanted until its deadline. */
  public CallContext(long deadlineNanos, @Nullable String traceparent, Flow flow) {
    this(deadlineNanos, traceparent, flow, () -> true);
  }

  /** A call on the node's own account. */
  public CallContext(long deadlineNanos, @Nullable String traceparent) {
    this(deadlineNanos, traceparent, Flow.NODE);
  }

  /** The same call on another account. */
  public CallContext on(Flow other) {
    return new CallContext(deadlineNanos, traceparent, other, wanted);
  }

  /** The same call with another deadline. */
  public CallContext until(long otherDeadlineNanos) {
    return new CallContext(otherDeadlineNanos, traceparent, flow, wanted);
  }

  /** The same call, for a caller that may leave. */
  public CallContext whileWanted(BooleanSupplier other) {
    return new CallContext(deadlineNanos, traceparent, flow, other);
  }

  /** Time left until the deadline in milliseconds, at least 1. */
  public long remainingMillis() {
    return Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }
}
