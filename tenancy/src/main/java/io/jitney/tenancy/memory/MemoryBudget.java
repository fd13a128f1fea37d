package io.jitney.tenancy.memory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The bytes that all tenants of a node may hold together: bodies being gathered, answers being
 * made, answers that a slow reader has not taken yet.
 *
 * <p>A call asks before it holds: {@link MemoryLease#reserve}. The rules, in order:
 *
 * <ol>
 *   <li>while less than {@value #SLOW_PERCENT} % is in use: yes;
 *   <li>a tenant that stays within its fair share: yes, up to {@value #CONTROL_PERCENT} %;
 *   <li>below {@value #SHED_PERCENT} %: it waits, in a bounded queue of its own tenant and for a
 *       bounded time;
 *   <li>else: no.
 * </ol>
 *
 * <p>A call that holds something already goes before those that have not begun. When nearly all
 * that a tenant holds is held by calls that wait for more, the last of them is refused: waiting for
 * each other, none of them would get on.
 *
 * <p>The fair share is {@value #SHED_PERCENT} % of the budget divided, by weight, among the tenants
 * that hold or want something now. So one that is alone may use nearly everything, and one that
 * comes later finds room above that, and gets its whole share as the first one's calls end: that
 * one gets nothing more until it is back at its share.
 *
 * <p>Costs of a reservation without pressure: three atomic additions, and three to give it back.
 * Exact: when all leases are closed, {@link #used} is 0.
 *
 * <p>Threads: any.
 */
public final class MemoryBudget {
  static final int SLOW_PERCENT = 50;
  static final int SHED_PERCENT = 70;
  static final int CONTROL_PERCENT = 85;

  /** A share is never less than this: enough for small calls, however many tenants there are. */
  static final long SMALLEST_SHARE = 256 * 1024;

  /** How long the sum of the weights of those who take part is taken for right. */
  private static final long WEIGHTS_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Told of each change of rung, outside of all locks, in order. */
  @FunctionalInterface
  public interface Listener {
    void changed(Rung from, Rung to, long used);
  }

  private final long capacity;
  private final long slow;
  private final long shed;
  private final long control;
  private final LongSupplier clock;
  private final Set<MemoryLedger> ledgers = ConcurrentHashMap.newKeySet();
  private final AtomicLong used = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Rung rung = Rung.NORMAL;
  private volatile Listener listener = (from, to, now) -> {};

  // Outside of these two, `used` has left the present rung.
  private volatile long rungBegins;
  private volatile long rungEnds;

  /** Reservations that wait. Written under the lock. */
  private final AtomicInteger waiting = new AtomicInteger();

  // Guarded by the lock.
  private long weights = 1;
  private long weightsOf;

  /**
   * @param capacity bytes; {@link Long#MAX_VALUE}: no limit
   */
  public MemoryBudget(long capacity) {
    this(capacity, System::nanoTime);
  }

  /** For tests that bring their own time, in nanoseconds. */
  MemoryBudget(long capacity, LongSupplier clock) {
    if (capacity <= 0) {
      throw new IllegalArgumentException("capacity must be more than 0, not " + capacity);
    }
    this.capacity = capacity;
    this.slow = capacity / 100 * SLOW_PERCENT;
    this.shed = capacity / 100 * SHED_PERCENT;
    this.control = capacity / 100 * CONTROL_PERCENT;
    this.clock = clock;
    this.weightsOf = clock.getAsLong() - WEIGHTS_NANOS;
    bounds(Rung.NORMAL);
  }

  /** A budget without limit, that still counts. */
  public static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /**
   * A ledger for one tenant.
   *
   * @param weight of its share, at least 1
   */
  public MemoryLedger open(int weight) {
    MemoryLedger ledger = new MemoryLedger(this, weight);
    ledgers.add(ledger);
    return ledger;
  }

  /** The tenant is gone; what its last calls hold stays counted until they end. */
  public void close(MemoryLedger ledger) {
    ledgers.remove(ledger);
  }

  public long capacity() {
    return capacity;
  }

  /** Bytes that are held now, by all tenants. */
  public long used() {
    return used.get();
  }

  /** Reservations that wait now. */
  public int waiting() {
    return waiting.get();
  }

  public Rung rung() {
    return rung;
  }

  public void onChange(Listener told) {
    listener = told;
  }

  /** Gives up reservations that waited too long; to be called some times a second. */
  public void sweep() {
    if (waiting.get() == 0) {
      return;
    }
    long now = clock.getAsLong();
    for (MemoryLedger ledger : ledgers) {
      while (true) {
        MemoryLease.Waiter late;
        lock.lock();
        try {
          late = ledger.pollLate(now);
          if (late != null) {
            waiting.decrementAndGet();
            ledger.refusedOne();
          }
        } finally {
          lock.unlock();
        }
        if (late == null) {
          break;
        }
        late.refused();
      }
    }
    grantMore();
    checkRung();
  }

  // ---- for leases ----

  long now() {
    return clock.getAsLong();
  }

  void add(MemoryLedger ledger, long bytes) {
    ledger.add(bytes);
    long now = used.addAndGet(bytes);
    if (now >= rungEnds) {
      checkRung();
    }
  }

  void subtract(MemoryLedger ledger, long bytes) {
    ledger.add(-bytes);
    long now = used.addAndGet(-bytes);
    if (waiting.get() > 0) {
      grantMore();
    }
    if (now < rungBegins) {
      checkRung();
    }
  }

  /** Rule 1, without a lock; who waits is not overtaken. */
  boolean tryFast(MemoryLedger ledger, long bytes) {
    if (ledger.waiting() > 0) {
      return false;
    }
    if (used.addAndGet(bytes) > slow) {
      used.addAndGet(-bytes);
      return false;
    }
    ledger.add(bytes);
    return true;
  }

  /** All rules. A waiter is told later, perhaps on another thread. */
  MemoryLease.Answer decide(MemoryLedger ledger, long bytes, MemoryLease.Waiter waiter) {
    MemoryLease.Answer answer;
    lock.lock();
    try {
      if (!ledger.hasWaitersBefore(waiter) && mayHave(ledger, bytes)) {
        used.addAndGet(bytes);
        ledger.add(bytes);
        answer = MemoryLease.Answer.GRANTED;
      } else if (rung.compareTo(Rung.SHED) < 0
          && bytes <= control
          && !ledger.wouldBlock(waiter)
          && ledger.offer(waiter)) {
        waiting.incrementAndGet();
        answer = MemoryLease.Answer.WAITS;
      } else {
        ledger.refusedOne();
        answer = MemoryLease.Answer.REFUSED;
      }
    } finally {
      lock.unlock();
    }
    checkRung();
    return answer;
  }

  /** The waiter's call is over; false if it was told meanwhile. */
  boolean forget(MemoryLedger ledger, MemoryLease.Waiter waiter) {
    boolean waited;
    lock.lock();
    try {
      waited = ledger.remove(waiter);
      if (waited) {
        waiting.decrementAndGet();
      }
    } finally {
      lock.unlock();
    }
    checkRung();
    return waited;
  }

  /**
   * For bytes that have come unexpectedly and can be dropped again: nobody waits with them in hand.
   */
  boolean tryKeep(MemoryLedger ledger, long bytes) {
    boolean kept;
    lock.lock();
    try {
      long after = used.get() + bytes;
      kept = after <= shed || (after <= control && ledger.held() + bytes <= share(ledger));
      if (kept) {
        used.addAndGet(bytes);
        ledger.add(bytes);
      } else {
        ledger.refusedOne();
      }
    } finally {
      lock.unlock();
    }
    checkRung();
    return kept;
  }

  private boolean mayHave(MemoryLedger ledger, long bytes) {
    long after = used.get() + bytes;
    return after <= slow
        || (after <= control && ledger.held() + bytes <= share(ledger))
        // More than a share, but nobody is in its way.
        || (after <= control && ledger.held() == 0 && used.get() <= slow);
  }

  /** Bytes that are the tenant's fair part now. */
  long share(MemoryLedger ledger) {
    lock.lock();
    try {
      long now = clock.getAsLong();
      if (now - weightsOf >= WEIGHTS_NANOS) {
        long sum = 0;
        for (MemoryLedger one : ledgers) {
          if (one.held() > 0 || one.hasWaiters()) {
            sum += one.weight();
          }
        }
        weights = sum;
        weightsOf = now;
      }
      long sum = Math.max(weights, ledger.weight());
      return Math.max(SMALLEST_SHARE, (long) ((double) shed * ledger.weight() / sum));
    } finally {
      lock.unlock();
    }
  }

  /** Serves those who wait, the tenant with the least in hand first. */
  private void grantMore() {
    while (true) {
      MemoryLease.Waiter granted = null;
      long bytes = 0;
      lock.lock();
      try {
        MemoryLedger best = null;
        long now = clock.getAsLong();
        for (MemoryLedger one : ledgers) {
          MemoryLease.Waiter head = one.peek(now);
          if (head != null
              && (best == null || load(one) < load(best))
              && mayHave(one, head.bytes())) {
            best = one;
            granted = head;
          }
        }
        if (best != null && granted != null) {
          best.remove(granted);
          bytes = granted.bytes();
          waiting.decrementAndGet();
          used.addAndGet(bytes);
          best.add(bytes);
        }
      } finally {
        lock.unlock();
      }
      if (granted == null) {
        return;
      }
      granted.granted(bytes);
    }
  }

  private static double load(MemoryLedger ledger) {
    return (double) ledger.held() / ledger.weight();
  }

  private void checkRung() {
    Rung from;
    Rung to;
    long now;
    lock.lock();
    try {
      from = rung;
      now = used.get();
      to = next(from, now);
      if (to == from) {
        return;
      }
      rung = to;
      bounds(to);
      listener.changed(from, to, now); // in order; listeners are quick and do not come back here
    } finally {
      lock.unlock();
    }
  }

  private Rung next(Rung from, long now) {
    Rung up =
        now >= control
            ? Rung.CONTROL
            : now >= shed ? Rung.SHED : now >= slow || waiting.get() > 0 ? Rung.SLOW : Rung.NORMAL;
    if (up.compareTo(from) >= 0) {
      return up;
    }
    Rung to = from;
    while (to != up && now < begin(to) / 10 * 9) {
      to = below(to);
    }
    return to;
  }

  private static Rung below(Rung one) {
    return switch (one) {
      case NORMAL, SLOW -> Rung.NORMAL;
      case SHED -> Rung.SLOW;
      case CONTROL -> Rung.SHED;
    };
  }

  private long begin(Rung one) {
    return switch (one) {
      case NORMAL -> 0;
      case SLOW -> slow;
      case SHED -> shed;
      case CONTROL -> control;
    };
  }

  private void bounds(Rung one) {
    rungBegins = begin(one) / 10 * 9;
    rungEnds =
        switch (one) {
          case NORMAL -> slow;
          case SLOW -> shed;
          case SHED -> control;
          case CONTROL -> Long.MAX_VALUE;
        };
  }
}
