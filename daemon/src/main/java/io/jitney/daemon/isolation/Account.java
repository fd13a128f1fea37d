package io.jitney.daemon.isolation;

import io.jitney.components.spi.Flow;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.memory.MemoryLease;
import io.jitney.tenancy.memory.MemoryLedger;
import io.jitney.tenancy.usage.TenantUsage;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * On whose account work is done: a tenant's, or the node's own. One object for all instances of a
 * tenant, and one for each of its components, whose share may be another.
 *
 * <p>Threads: any.
 */
public final class Account implements Flow {
  /** JSON of this size takes some tenths of a millisecond, about what going elsewhere costs. */
  public static final int HEAVY_BYTES = 32 * 1024;

  private static final long LOG_PAUSE_NANOS = 1_000_000_000;

  /** Calls that it may have begun on each loop when calls of it back up. */
  private static final int FIRST_BEGUN = 64;

  /** And whatever waits: enough for a store near by and a processor. */
  private static final int LEAST_BEGUN = 8;

  /** From so many on it may have any number. */
  private static final int MOST_BEGUN = 512;

  private static final long BACK_OFF_NANOS = 200_000_000;
  private static final long CALM_NANOS = 500_000_000;

  private final io.jitney.tenancy.fair.Flow share;
  private final TenantUsage usage;
  private final Function<String, io.jitney.tenancy.fair.Flow> componentShares;
  private final LoopGates loops;

  /** What components hold for it; null: nobody counts. */
  private final @Nullable MemoryLedger memory;

  private final @Nullable MemoryLease held;
  private final Map<String, Account> components = new ConcurrentHashMap<>();

  private final RefusalPace refusals = new RefusalPace();

  // A line more when two threads race does no harm.
  private volatile boolean logged;
  private volatile long lastLogNanos;

  private volatile long backedUpAt;

  private Account(
      io.jitney.tenancy.fair.Flow share,
      TenantUsage usage,
      Function<String, io.jitney.tenancy.fair.Flow> componentShares,
      LoopGates loops,
      @Nullable MemoryLedger memory) {
    this.memory = memory;
    held = memory == null ? null : memory.lease();
    this.loops = loops;
    this.share = share;
    this.usage = usage;
    this.componentShares = componentShares;
  }

  static Account of(Tenant tenant, LoopGates loops) {
    return new Account(tenant.flow(), tenant.counters(), tenant::flow, loops, tenant.memory());
  }

  /** An account of no tenant: the node's own, or a test's. Nothing is measured on it by itself. */
  public static Account named(String name) {
    io.jitney.tenancy.fair.Flow flow = new io.jitney.tenancy.fair.Flow(name);
    return new Account(flow, new TenantUsage(), component -> flow, LoopGates.NONE, null);
  }

  /**
   * Goes on with a call in its own context, on this account: at once when this is its loop's
   * thread, else as one of the loop's next tasks.
   *
   * @param home context of the call; null: it has none, and goes on here
   */
  public void run(@Nullable ContextInternal home, Runnable work) {
    if (home == null) {
      work.run();
    } else {
      home.emit(null, none -> measured(home, work));
    }
  }

  /**
   * As {@link #run}, but when the tenant's turn comes, if the loop has more to do than it can at
   * once: for answers of stores and the like, which come in thousands where calls were let through
   * one by one.
   */
  public void runInTurn(@Nullable ContextInternal home, Runnable work) {
    LoopGate gate = home == null ? null : loops.of(home);
    if (home == null || gate == null) {
      run(home, work);
    } else if (home.inThread()) {
      gate.runInTurn(this, home, work);
    } else {
      home.nettyEventLoop().execute(() -> gate.runInTurn(this, home, work));
    }
  }

  private void measured(ContextInternal home, Runnable work) {
    LoopGate gate = loops.of(home);
    if (gate == null) {
      work.run();
      return;
    }
    Account outer = gate.begin(this);
    try {
      work.run();
    } finally {
      gate.end(outer);
    }
  }

  /**
   * Does a piece of a call's work: here when it is small, else on a thread beside the event loops,
   * where tenants take fair turns.
   *
   * @param bytes how much the work is about
   * @return completes in the calling context, at once for small work; fails with what the work
   *     throws, or as a refusal of admission does
   */
  public <T extends @Nullable Object> Future<T> work(long bytes, Callable<T> work) {
    HeavyWork heavy = bytes < HEAVY_BYTES ? null : loops.heavy();
    if (heavy != null) {
      return heavy.run(this, bytes, work);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }

  /** For how long a connection is not read after a refusal, in nanoseconds; 0: it is read on. */
  long restAfterRefusal(long nowNanos) {
    return refusals.restNanos(nowNanos);
  }

  /**
   * Calls of it that have begun wait for memory or a processor of the node: it is to have fewer
   * calls begun at one time. What has begun holds memory, and the more of it there is the longer
   * each takes, until none is ended before its client leaves.
   */
  public void backedUp() {
    if (loops.all().isEmpty()) {
      return; // nobody waits for turns
    }
    long now = System.nanoTime();
    int most = share.mostBegun();
    if (most != 0 && now - backedUpAt < BACK_OFF_NANOS) {
      return;
    }
    synchronized (this) { // with goesOn: or it is limited, and nobody raises the limit
      backedUpAt = now;
      share.mostBegun(most == 0 ? FIRST_BEGUN : Math.max(LEAST_BEGUN, most / 2));
      loops.backedUp().add(this);
    }
  }

  /** Lets it have more calls begun, if none of them had to wait lately; some times a second. */
  synchronized void goesOn(long nowNanos) {
    if (nowNanos - backedUpAt < CALM_NANOS) {
      return;
    }
    int most = share.mostBegun();
    boolean any = most >= MOST_BEGUN;
    share.mostBegun(any ? 0 : most + 1 + most / 4);
    if (any) {
      loops.backedUp().remove(this);
    }
    loops.all().forEach(gate -> gate.released(this));
  }

  /** Whether a line about it may be logged now: one a second. */
  boolean mayLog(long nowNanos) {
    if (logged && nowNanos - lastLogNanos < LOG_PAUSE_NANOS) {
      return false;
    }
    logged = true;
    lastLogNanos = nowNanos;
    return true;
  }

  /** The account of calls to one component; usage is counted together. */
  public Account component(String name) {
    Account known = components.get(name);
    return known != null
        ? known
        : components.computeIfAbsent(
            name,
            first ->
                new Account(componentShares.apply(first), usage, componentShares, loops, memory));
  }

  @Override
  public String name() {
    return share.name();
  }

  @Override
  public int weight() {
    return share.weight();
  }

  @Override
  public void holds(long more) {
    if (held != null) {
      if (more > 0) {
        held.take(more);
      } else {
        held.give(-more);
      }
    }
  }

  @Override
  public boolean mayHoldMore() {
    return memory == null || !memory.aboveShare();
  }

  /** Its share at gates. */
  public io.jitney.tenancy.fair.Flow share() {
    return share;
  }

  /** Its counters. */
  public TenantUsage usage() {
    return usage;
  }

  @Override
  public String toString() {
    return share.name();
  }
}
