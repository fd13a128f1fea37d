package io.jitney.tenancy.admission;

import io.github.bucket4j.TimeMeter;
import io.jitney.tenancy.admission.Admission.Admitted;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets the calls of one tenant in, or refuses them, by its quota.
 *
 * <p>The order of the checks is that of the design:
 *
 * <ol>
 *   <li>rate: one token of the bucket;
 *   <li>calls in flight: one place.
 * </ol>
 *
 * A call that finds no place gives its token back, so a refusal costs neither the tenant's other
 * calls nor the same call's next try.
 *
 * <p>Where isolation continues: bytes in flight are a third step after the places in {@link
 * #admit()}, with a {@link Reason} of its own; a call that fails there gives back token and place,
 * and its {@link Admitted} carries the bytes to {@link #leave}. The fair queue between tenants
 * comes after admission, in front of each contended resource: it only ever sees {@link Admitted}
 * calls. Should a call one day be let in later instead of at once, that is a third case of {@link
 * Admission}, and every switch over it will say so.
 *
 * <p>Costs: without limits, one atomic increment and a small object. With them, one more
 * compare-and-set for the rate; a refusal for calls in flight allocates nothing.
 *
 * <p>Threads: any. The quota may change at any time; calls in flight stay counted.
 */
public final class TenantAdmission {
  private final TimeMeter clock;

  // Two counters that only grow, so that one increment lets a call in and counts it too: in flight
  // is the difference. See enter() for why that stays exact.
  private final AtomicLong admitted = new AtomicLong();
  private final AtomicLong left = new AtomicLong();
  private final LongAdder refusedByRate = new LongAdder();
  private final LongAdder refusedByInFlight = new LongAdder();
  private volatile Limits limits;

  public TenantAdmission(Quota quota) {
    this(quota, TimeMeter.SYSTEM_NANOTIME);
  }

  /** For tests that bring their own time. */
  TenantAdmission(Quota quota, TimeMeter clock) {
    this.clock = clock;
    this.limits = Limits.of(quota, clock);
  }

  /** Asks for one call to be let in. An {@link Admitted} must be released when the call ends. */
  public Admission admit() {
    Limits now = limits;
    if (!now.takeToken()) {
      refusedByRate.increment();
      return now.refuseByRate();
    }
    if (!enter(now.maxInFlight())) {
      now.giveTokenBack();
      refusedByInFlight.increment();
      return now.refusedByInFlight();
    }
    return new Admitted(this);
  }

  private boolean enter(int maxInFlight) {
    if (maxInFlight == 0) {
      admitted.incrementAndGet();
      return true;
    }
    while (true) {
      // This order matters. Reading `left` last makes the difference at most too small by calls
      // that came meanwhile, and then the compare-and-set fails; so the limit is never exceeded,
      // and a refusal was true at the moment of that read.
      long in = admitted.get();
      if (in - left.get() >= maxInFlight) {
        return false;
      }
      if (admitted.compareAndSet(in, in + 1)) {
        return true;
      }
    }
  }

  void leave() {
    left.incrementAndGet();
  }

  public Quota quota() {
    return limits.quota();
  }

  /**
   * Changes the quota from the next call on. The rate's bucket stays as full as it was, in
   * proportion, so that writing an apps file again and again gives no one a fresh burst. With less
   * in-flight room than is in use, calls go on and new ones wait for their end.
   */
  public synchronized void quota(Quota quota) {
    Objects.requireNonNull(quota, "quota");
    if (!quota.equals(limits.quota())) {
      limits = limits.changedTo(quota, clock);
    }
  }

  /** Calls let in and not released yet. */
  public long inFlight() {
    // `left` first: calls that come between the two reads make it too big, never negative.
    long out = left.get();
    return admitted.get() - out;
  }

  /** What was decided so far. The parts are read one after the other, without a lock. */
  public AdmissionCounts counts() {
    long out = left.get();
    long in = admitted.get();
    return new AdmissionCounts(in, refusedByRate.sum(), refusedByInFlight.sum(), in - out);
  }
}
