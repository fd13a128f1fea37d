package io.jitney.daemon.admission;

import io.jitney.daemon.isolation.Account;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Admission.Refused;
import io.jitney.tenancy.admission.CallKind;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.admission.TenantAdmission;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the deliveries of one instance get the places that its tenant's quota has for them. There
 * is no use in refusing a delivery, so it waits: in the order in which they came, at most as many
 * as the windows of the instance's subscriptions and input bindings let in.
 *
 * <p>Threads: any; a delivery that waited goes on in its own context.
 */
public final class DeliveryGate {
  /** Places may also come free at other instances of the tenant, which do not say so. */
  private static final long LOOK_MILLIS = 200;

  /** A message that the tenant may not have one of. Stackless. */
  public static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(Refused refused) {
      super(
          "message is too large for the quota of the app: " + refused.limit(), null, false, false);
    }
  }

  private record Waiting(long bytes, Promise<Admitted> turn, @Nullable ContextInternal home) {}

  private final Vertx vertx;
  private final TenantAdmission admission;
  private final Supplier<Account> account;

  // Guarded by this.
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean looking;

  public DeliveryGate(Vertx vertx, TenantAdmission admission, Supplier<Account> account) {
    this.vertx = vertx;
    this.admission = admission;
    this.account = account;
  }

  /**
   * Takes a place.
   *
   * @param bytes held while it is there
   * @return to be given back by {@link #leave}; fails with {@link TooLarge} when the message is
   *     larger than the tenant may ever have one
   */
  public Future<Admitted> enter(long bytes) {
    synchronized (this) {
      if (!waiting.isEmpty()) {
        return await(bytes);
      }
    }
    return switch (admission.admit(CallKind.DELIVERY, bytes)) {
      case Admitted admitted -> Future.succeededFuture(admitted);
      case Refused refused when refused.reason() == Reason.BODY_SIZE ->
          Future.failedFuture(new TooLarge(refused));
      case Refused refused -> {
        synchronized (this) {
          yield await(bytes);
        }
      }
    };
  }

  /**
   * Nobody wants the place any more that was asked for.
   *
   * @param place what {@link #enter} returned; fails, unless its turn has come
   */
  public void forget(Future<Admitted> place) {
    Waiting found = null;
    synchronized (this) {
      for (Iterator<Waiting> each = waiting.iterator(); found == null && each.hasNext(); ) {
        Waiting one = each.next();
        if (one.turn.future() == place) {
          each.remove();
          found = one;
        }
      }
    }
    if (found != null) {
      found.turn.fail("given up");
    }
  }

  public void leave(Admitted admitted) {
    admitted.release();
    letIn();
  }

  private Future<Admitted> await(long bytes) {
    Waiting entry = new Waiting(bytes, Promise.promise(), ContextInternal.current());
    waiting.add(entry);
    look();
    return entry.turn.future();
  }

  private void look() {
    if (!looking && !waiting.isEmpty()) {
      looking = true;
      vertx.setTimer(
          LOOK_MILLIS,
          late -> {
            synchronized (this) {
              looking = false;
            }
            letIn();
          });
    }
  }

  private void letIn() {
    while (true) {
      Waiting first;
      Admission answer;
      synchronized (this) {
        first = waiting.peek();
        if (first == null) {
          return;
        }
        answer = admission.admit(CallKind.DELIVERY, first.bytes);
        if (answer instanceof Refused refused && refused.reason() != Reason.BODY_SIZE) {
          look();
          return;
        }
        waiting.remove();
      }
      Waiting next = first;
      switch (answer) {
        case Admitted admitted -> account.get().run(next.home, () -> next.turn.complete(admitted));
        case Refused refused ->
            account.get().run(next.home, () -> next.turn.fail(new TooLarge(refused)));
      }
    }
  }
}
