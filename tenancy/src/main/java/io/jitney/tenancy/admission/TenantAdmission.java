package io.jitney.tenancy.admission;

import io.github.bucket4j.TimeMeter;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Admission.Refused;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the calls of one tenant in, or refuses them, by its quota.
 *
 * <p>The order of the checks is that of the design:
 *
 * <ol>
 *   <li>rate: one token of the bucket (not for deliveries);
 *   <li>calls in flight: one place among all calls of the app, and one among those of its {@link
 *       CallKind}; a delivery needs a place among deliveries alone, so that an app which makes
 *       calls while it answers cannot lock itself out;
 *   <li>bytes in flight: what is known of the body's length; the rest while it comes, by {@link
 *       Admitted#hold};
 *   <li>size of the body.
 * </ol>
 *
 * A call that fails one of them gives back what it got from those before, so a refusal costs
 * neither the tenant's other calls nor the same call's next try.
 *
 * <p>The fair queues between tenants come after admission, in front of each contended resource:
 * they only ever see {@link Admitted} calls.
 *
 * <p>Costs: without limits, three atomic additions and a small object. A refusal allocates nothing,
 * but for the rate, which says when to come back.
 *
 * <p>Threads: any. The quota may change at any time; calls in flight stay counted.
 */
public final class TenantAdmission {
  private final TimeMeter clock;
  private final Consumer<Reason> refusals;
  private final LongAdder admitted = new LongAdder();
  private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);
  private final Places inFlight = new Places();
  private final Map<CallKind, Places> kinds = new EnumMap<>(CallKind.class);
  private final Places bytes = new Places();
  private volatile Limits limits;

  public TenantAdmission(Quota quota) {
    this(quota, TimeMeter.SYSTEM_NANOTIME, reason -> {});
  }

  /**
   * @param refusals is told of each refusal, on the thread of the call
   */
  public TenantAdmission(Quota quota, Consumer<Reason> refusals) {
    this(quota, TimeMeter.SYSTEM_NANOTIME, refusals);
  }

  /** For tests that bring their own time. */
  TenantAdmission(Quota quota, TimeMeter clock) {
    this(quota, clock, reason -> {});
  }

  private TenantAdmission(Quota quota, TimeMeter clock, Consumer<Reason> refusals) {
    this.clock = clock;
    this.refusals = refusals;
    this.limits = Limits.of(quota, clock);
    for (Reason reason : Reason.values()) {
      refused.put(reason, new LongAdder());
    }
    for (CallKind kind : CallKind.values()) {
      kinds.put(kind, new Places());
    }
  }

  /** As {@link #admit(CallKind, long)}, for a unary call without a body. */
  public Admission admit() {
    return admit(CallKind.UNARY, 0);
  }

  /**
   * Whether a call of the app that came now would be refused for rate or calls in flight; takes
   * nothing. For fronts that want to spare themselves work before they ask.
   *
   * @return why it is refused, counted as a refusal; null: ask {@link #admit(CallKind, long)}
   */
  public @Nullable Refused refusedAnyway() {
    Limits now = limits;
    if (now.hasNoToken()) {
      return counted(now.refuseByRate());
    }
    int most = now.quota().maxInFlight();
    return most > 0 && inFlight.taken() >= most ? counted(now.refuseByInFlight()) : null;
  }

  /**
   * Asks for one call to be let in. An {@link Admitted} must be released when the call ends.
   *
   * @param length bytes of the body, as far as the client has said; 0 or less: it has not
   */
  public Admission admit(CallKind kind, long length) {
    Limits now = limits;
    boolean fromApp = kind != CallKind.DELIVERY;
    if (fromApp && !now.takeToken()) {
      return counted(now.refuseByRate());
    }
    Refused no = places(now, kind, fromApp);
    if (no == null && length > 0) {
      no = now.tooLarge(length);
      if (no == null && !bytes.take(length, now.quota().maxBytesInFlight())) {
        no = now.refuseByBytes();
      }
      if (no != null) {
        leavePlaces(kind);
      }
    }
    if (no == null) {
      admitted.increment();
      return new Admitted(this, kind, Math.max(0, length));
    }
    if (fromApp) {
      now.giveTokenBack();
    }
    return counted(no);
  }

  private @Nullable Refused places(Limits now, CallKind kind, boolean fromApp) {
    if (fromApp && !inFlight.take(1, now.quota().maxInFlight())) {
      return now.refuseByInFlight();
    }
    if (!of(kind).take(1, now.most(kind))) {
      if (fromApp) {
        inFlight.giveBack(1);
      }
      return now.refuse(kind);
    }
    return null;
  }

  private Places of(CallKind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }

  private void leavePlaces(CallKind kind) {
    of(kind).giveBack(1);
    if (kind != CallKind.DELIVERY) {
      inFlight.giveBack(1);
    }
  }

  private Refused counted(Refused refusal) {
    LongAdder counter = refused.get(refusal.reason());
    if (counter != null) {
      counter.increment();
    }
    refusals.accept(refusal.reason());
    return refusal;
  }

  void leave(CallKind kind, long held) {
    if (held > 0) {
      bytes.giveBack(held);
    }
    leavePlaces(kind);
  }

  @Nullable Refused hold(long more) {
    Limits now = limits;
    return bytes.take(more, now.quota().maxBytesInFlight()) ? null : counted(now.refuseByBytes());
  }

  void giveBack(long held) {
    bytes.giveBack(held);
  }

  @Nullable Refused change(CallKind from, CallKind to) {
    Limits now = limits;
    if (!of(to).take(1, now.most(to))) {
      return counted(now.refuse(to));
    }
    of(from).giveBack(1);
    return null;
  }

  /**
   * What speaks against a body that has turned out to be of that size; null: nothing. Counted as a
   * refusal.
   */
  public @Nullable Refused tooLarge(long size) {
    Refused no = limits.tooLarge(size);
    return no == null ? null : counted(no);
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

  /** Calls of the app let in and not released yet. */
  public long inFlight() {
    return inFlight.taken();
  }

  /** What was decided so far. The parts are read one after the other, without a lock. */
  public AdmissionCounts counts() {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    refused.forEach(
        (reason, counter) -> {
          long count = counter.sum();
          if (count > 0) {
            reasons.put(reason, count);
          }
        });
    return new AdmissionCounts(
        admitted.sum(),
        reasons,
        inFlight.taken(),
        of(CallKind.STREAM).taken(),
        of(CallKind.DELIVERY).taken(),
        bytes.taken());
  }
}
