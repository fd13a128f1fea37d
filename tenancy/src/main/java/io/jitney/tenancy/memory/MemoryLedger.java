package io.jitney.tenancy.memory;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What one tenant holds of the budget. */
public final class MemoryLedger {
  /** Calls of one tenant that may wait for memory. */
  static final int MOST_WAITING = 1024;

  private final MemoryBudget budget;
  private final AtomicLong held = new AtomicLong();
  private final LongAdder refused = new LongAdder();
  private final Expectations expectations = new Expectations();
  private volatile int weight;
  private volatile int waiting;

  // Guarded by the budget's lock.
  private final ArrayDeque<MemoryLease.Waiter> waiters = new ArrayDeque<>();

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

  boolean offer(MemoryLease.Waiter waiter) {
    if (waiters.size() >= MOST_WAITING) {
      return false;
    }
    waiters.add(waiter);
    waiting = waiters.size();
    return true;
  }

  MemoryLease.@Nullable Waiter peek() {
    return waiters.peek();
  }

  MemoryLease.@Nullable Waiter poll() {
    MemoryLease.Waiter waiter = waiters.poll();
    waiting = waiters.size();
    return waiter;
  }

  MemoryLease.@Nullable Waiter pollLate(long now) {
    MemoryLease.Waiter head = waiters.peek();
    return head != null && now - head.until() >= 0 ? poll() : null;
  }

  boolean remove(MemoryLease.Waiter waiter) {
    boolean was = waiters.remove(waiter);
    waiting = waiters.size();
    return was;
  }
}
