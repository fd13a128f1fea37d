package io.jitney.tenancy.memory;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What one tenant holds of the budget. */
public final class MemoryLedger {
  /** Calls of one tenant that may wait for memory. */
  static final int MOST_WAITING = 1024;

  /**
   * When a tenant's oldest call has waited for so long, it is the newest's turn: in their order
   * each would begin just before its client gives up.
   */
  private static final long STANDING_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final MemoryBudget budget;
  private final AtomicLong held = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final Expectations expectations = new Expectations();
  private volatile int weight;
  private volatile int waiting;

  // Guarded by the budget's lock.
  private final ArrayDeque<MemoryLease.Waiter> waiters = new ArrayDeque<>();

  /** Of calls that hold something: before the others. */
  private final ArrayDeque<MemoryLease.Waiter> holding = new ArrayDeque<>();

  private long heldByWaiters;

  MemoryLedger(MemoryBudget budget, int weight) {
    this.budget = budget;
    this.weight = Math.max(1, weight);
  }

  /** For one call. Close it when the call is over. */
  public MemoryLease lease() {
    return new MemoryLease(budget, this);
  }

  /** Bytes that the tenant holds now. */
  public long held() {
    return held.get();
  }

  /** Its calls that wait for memory now. */
  public int waiting() {
    return waiting;
  }

  /** Reservations that were refused so far, or waited in vain. */
  public long refused() {
    return refused.sum();
  }

  /** Whether it holds more than its fair share while memory is scarce. */
  public boolean aboveShare() {
    return budget.rung() != Rung.NORMAL && held.get() > budget.share(this);
  }

  /** How large the tenant's answers are, by operation. */
  public Expectations expectations() {
    return expectations;
  }

  public int weight() {
    return weight;
  }

  /** Changes the weight of its share, live. At least 1. */
  public void weight(int changed) {
    weight = Math.max(1, changed);
  }

  void add(long bytes) {
    held.addAndGet(bytes);
  }

  void refusedOne() {
    refused.increment();
  }

  // ---- under the budget's lock ----

  boolean hasWaiters() {
    return waiting > 0;
  }

  /** Whether others of this tenant wait that come before this one. */
  boolean hasWaitersBefore(MemoryLease.Waiter waiter) {
    return waiter.held() > 0 ? !holding.isEmpty() : hasWaiters();
  }

  /** Whether, with this one, calls that wait would hold nearly all that could be given back. */
  boolean wouldBlock(MemoryLease.Waiter waiter) {
    return waiter.held() > 0
        && !holding.isEmpty()
        && heldByWaiters + waiter.held() >= held.get() / 8 * 7;
  }

  boolean offer(MemoryLease.Waiter waiter) {
    if (waiting >= MOST_WAITING) {
      return false;
    }
    if (waiter.held() > 0) {
      holding.add(waiter);
      heldByWaiters += waiter.held();
    } else {
      waiters.add(waiter);
    }
    count();
    return true;
  }

  /** Who is next: the oldest, or the newest of calls that have not begun, if it waits for long. */
  MemoryLease.@Nullable Waiter peek(long now) {
    MemoryLease.Waiter first = holding.peek();
    if (first != null) {
      return first;
    }
    MemoryLease.Waiter oldest = waiters.peek();
    return oldest != null && now - oldest.since() > STANDING_NANOS ? waiters.peekLast() : oldest;
  }

  MemoryLease.@Nullable Waiter pollLate(long now) {
    MemoryLease.Waiter late = isLate(holding.peek(), now) ? holding.peek() : waiters.peek();
    if (!isLate(late, now)) {
      return null;
    }
    remove(late);
    return late;
  }

  private static boolean isLate(MemoryLease.@Nullable Waiter head, long now) {
    return head != null && now - head.until() >= 0;
  }

  boolean remove(MemoryLease.Waiter waiter) {
    boolean was;
    if (waiter.held() > 0) {
      was = holding.remove(waiter);
      heldByWaiters -= was ? waiter.held() : 0;
    } else {
      was = waiters.remove(waiter);
    }
    count();
    return was;
  }

  private void count() {
    waiting = waiters.size() + holding.size();
  }
}
