package io.jitney.tenancy.admission;

/**
 * What admission has decided for a tenant so far; a snapshot for metrics and status.
 *
 * @param admitted calls let in
 * @param refusedByRate calls refused for {@link Reason#RATE}
 * @param refusedByInFlight calls refused for {@link Reason#IN_FLIGHT}
 * @param inFlight calls let in and not released yet
 */
public record AdmissionCounts(
    long admitted, long refusedByRate, long refusedByInFlight, long inFlight) {

  /** Calls refused for {@code reason}. */
  public long refused(Reason reason) {
    return switch (reason) {
      case RATE -> refusedByRate;
      case IN_FLIGHT -> refusedByInFlight;
      case QUEUE_FULL, QUEUE_TIMEOUT -> 0; // not admission's to decide
    };
  }
}
