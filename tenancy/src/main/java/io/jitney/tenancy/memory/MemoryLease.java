package io.jitney.tenancy.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that one call holds. However the call ends, {@link #close} gives them all back; what is
 * asked for after that is not granted.
 *
 * <p>Threads: any, but one reservation waits at a time.
 */
public final class MemoryLease implements AutoCloseable {
  /** How long a reservation waits. */
  static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What became of a reservation. */
  public enum Answer {
    /** The bytes are held. */
    GRANTED,
    /** One of the two callbacks will tell, unless the lease is closed first. */
    WAITS,
    /** Nothing is held. */
    REFUSED
  }

  /** A reservation that waits. */
  static final class Waiter {
    private final MemoryLease lease;
    private final LongSupplier bytes;

    /** What its call holds while it waits; 0: the call has not begun. */
    private final long held;

    private final long since;
    private final Runnable whenGranted;
    private final Runnable whenRefused;

    private Waiter(
        MemoryLease lease,
        LongSupplier bytes,
        long since,
        Runnable whenGranted,
        Runnable whenRefused) {
      this.lease = lease;
      this.bytes = bytes;
      this.held = lease.held();
      this.since = since;
      this.whenGranted = whenGranted;
      this.whenRefused = whenRefused;
    }

    /** What it asks for as things are now. */
    long bytes() {
      return bytes.getAsLong();
    }

    long held() {
      return held;
    }

    long since() {
      return since;
    }

    long until() {
      return since + WAIT_NANOS;
    }

    /** The bytes are counted in budget and ledger already. */
    void granted(long granted) {
      if (lease.keep(granted)) {
        whenGranted.run();
      }
    }

    void refused() {
      whenRefused.run();
    }
  }

  private static final VarHandle HELD;
  private static final long CLOSED = -1;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(MemoryLease.class, "held", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MemoryBudget budget;
  private final MemoryLedger ledger;
  private volatile long held;
  private volatile @Nullable Waiter waiter;

  MemoryLease(MemoryBudget budget, MemoryLedger ledger) {
    this.budget = budget;
    this.ledger = ledger;
  }

  /** Takes bytes if nothing is scarce; false says nothing but that one has to ask. */
  public boolean tryReserve(long bytes) {
    return bytes <= 0 || (budget.tryFast(ledger, bytes) && keep(bytes));
  }

  /**
   * Asks for bytes before they are held.
   *
   * @param bytes how many; asked again when a waiting reservation has its turn, as more may be
   *     known then. Quick
   * @param granted run when a waiting reservation got its bytes, on the thread that gave them back:
   *     change to your own
   * @param refused run when it waited in vain
   */
  public Answer reserve(LongSupplier bytes, Runnable granted, Runnable refused) {
    long now = bytes.getAsLong();
    if (tryReserve(now)) {
      return Answer.GRANTED;
    }
    Waiter asks = new Waiter(this, bytes, budget.now(), granted, refused);
    waiter = asks;
    Answer answer = budget.decide(ledger, now, asks);
    if (held == CLOSED && answer == Answer.WAITS) {
      budget.forget(ledger, asks);
    }
    return answer == Answer.GRANTED && !keep(now) ? Answer.REFUSED : answer;
  }

  /** Counts bytes that are held already, whatever the budget says. */
  public void take(long bytes) {
    if (bytes > 0) {
      budget.add(ledger, bytes);
      keep(bytes);
    }
  }

  /** Gives a part back; more than is held gives back what is held. */
  public void give(long bytes) {
    while (true) {
      long now = held;
      long part = Math.min(now, bytes);
      if (part <= 0) {
        return;
      }
      if (HELD.compareAndSet(this, now, now - part)) {
        budget.subtract(ledger, part);
        return;
      }
    }
  }

  /** Makes the lease hold exactly so much, whatever the budget says. */
  public void holdExactly(long bytes) {
    long now = held;
    if (now == CLOSED) {
      return;
    }
    if (bytes > now) {
      take(bytes - now);
    } else {
      give(now - bytes);
    }
  }

  /**
   * As {@link #holdExactly}, for bytes that can be dropped again: more than is held only if the
   * tenant may have them at once.
   *
   * @return false: nothing has changed, and the bytes are to be dropped
   */
  public boolean tryHoldExactly(long bytes) {
    long now = held;
    if (now == CLOSED || bytes <= now) {
      holdExactly(bytes);
      return true;
    }
    long more = bytes - now;
    return tryReserve(more) || (budget.tryKeep(ledger, more) && keep(more));
  }

  /** Bytes held; 0 when it is closed. */
  public long held() {
    return Math.max(0, held);
  }

  /** Adds what budget and ledger count already, or takes it off them again. */
  private boolean keep(long bytes) {
    while (true) {
      long now = held;
      if (now == CLOSED) {
        budget.subtract(ledger, bytes);
        return false;
      }
      if (HELD.compareAndSet(this, now, now + bytes)) {
        return true;
      }
    }
  }

  /** Nobody needs the call any more: a reservation that waits is refused now. */
  public void giveUp() {
    Waiter asks = waiter;
    if (asks != null) {
      waiter = null;
      if (budget.forget(ledger, asks)) {
        asks.refused();
      }
    }
  }

  /** Gives everything back; a second time does nothing. */
  @Override
  public void close() {
    long last = (long) HELD.getAndSet(this, CLOSED);
    if (last > 0) {
      budget.subtract(ledger, last);
    }
    Waiter asks = waiter;
    if (asks != null) {
      waiter = null;
      budget.forget(ledger, asks);
    }
  }
}
