package io.jitney.daemon.state;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.BulkFailure;
import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.daemon.error.DaprError;
import io.jitney.daemon.error.DaprException;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import java.util.function.Function;

/**
 * Tells a store that was not asked, because too many of the tenant's calls wait for it, from a
 * store that failed: the first is a limit of the tenant's, counted and answered as one.
 */
final class StoreRefusals {
  /** A queue of thousands is not gone sooner; also the least that HTTP's Retry-After can say. */
  private static final long RETRY_MILLIS = 1_000;

  private StoreRefusals() {}

  /**
   * The error of a call.
   *
   * @param failed what to say where the store failed
   */
  static DaprError error(StateCall call, Throwable cause, Function<Throwable, DaprError> failed) {
    if (cause instanceof DaprException known) {
      return known.error(); // no memory for what is read
    }
    if (!isRefusal(cause)) {
      return failed.apply(cause);
    }
    call.instance().refused(Reason.QUEUE_FULL);
    return AdmissionErrors.ofTenant(
        new Admission.Refused(
            Reason.QUEUE_FULL,
            "too many calls wait for state store " + call.binding().name(),
            RETRY_MILLIS),
        call.instance().tenant());
  }

  /** Of many writes: when none of the failed ones was made. */
  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ComponentException.Overloaded
        || (cause instanceof BulkFailure bulk
            && bulk.items().stream()
                .allMatch(item -> item.cause() instanceof ComponentException.Overloaded));
  }
}
