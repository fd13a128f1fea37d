package io.jitney.daemon.state;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.resiliency.Policy;
import io.jitney.daemon.resiliency.Resiliency;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * One call of the state API: who calls, which store, until when.
 *
 * @param binding the store as this instance sees it
 * @param policy of the instance for its calls to the store
 */
record StateCall(AppInstance instance, StateBinding binding, CallContext context, Policy policy) {
  /** Whether the store is to be called through {@link #run}; else directly, which costs nothing. */
  boolean guarded() {
    return !policy.isNone();
  }

  /** Runs attempts of an operation under the policy, each with a deadline of its own. */
  <T> Future<T> run(Function<CallContext, Future<T>> operation) {
    return instance
        .resiliency()
        .run(policy, StateCall::code, () -> operation.apply(contextOfAttempt()));
  }

  private CallContext contextOfAttempt() {
    CallContext fresh = instance.callContext(context.traceparent());
    return context.until(policy.deadlineNanos(fresh.deadlineNanos()));
  }

  /** What the tenant's own limits refused is not asked for again at once. */
  private static int code(Throwable failure) {
    return failure instanceof ComponentException.Overloaded ? Resiliency.NEVER : Resiliency.NO_CODE;
  }
}
