package io.jitney.tenancy.admission;

import java.util.EnumMap;
import java.util.Map;

/**
 * What admission has decided for a tenant so far; a snapshot for metrics and status.
 *
 * @param admitted calls let in, deliveries included
 * @param refusals calls refused by reason; what is not there was never a reason
 * @param inFlight calls of the app let in and not released yet, streams included
 * @param streams of these, streams
 * @param deliveries calls to the app let in and not released yet
 * @param bytes of request bodies held for calls in flight
 */
public record AdmissionCounts(
    long admitted,
    Map<Reason, Long> refusals,
    long inFlight,
    long streams,
    long deliveries,
    long bytes) {

  /** Nothing yet. */
  public static final AdmissionCounts NONE = new AdmissionCounts(0, Map.of(), 0, 0, 0, 0);

  public AdmissionCounts {
    refusals = Map.copyOf(refusals);
  }

  /** Calls refused for {@code reason}. */
  public long refused(Reason reason) {
    return refusals.getOrDefault(reason, 0L);
  }

  /** Calls refused for any reason. */
  public long refused() {
    return refusals.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Both together. */
  public AdmissionCounts plus(AdmissionCounts other) {
    Map<Reason, Long> sum = new EnumMap<>(Reason.class);
    sum.putAll(refusals);
    other.refusals.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    return new AdmissionCounts(
        admitted + other.admitted,
        sum,
        inFlight + other.inFlight,
        streams + other.streams,
        deliveries + other.deliveries,
        bytes + other.bytes);
  }
}
