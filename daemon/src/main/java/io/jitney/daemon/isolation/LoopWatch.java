package io.jitney.daemon.isolation;

import com.sun.management.OperatingSystemMXBean;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantRegistry;
import io.jitney.tenancy.usage.CpuShares;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the loops from outside, on a thread of its own: says which tenant blocks one, divides
 * the processor time of the process every second, and refuses calls that wait at gates in vain.
 */
final class LoopWatch {
  private static final long LOOK_NANOS = 200_000_000;
  private static final long CHARGE_NANOS = 1_000_000_000;

  /** A loop at one thing for so long is blocked. */
  static final long BLOCKED_NANOS = 200_000_000;

  private final Isolation isolation;
  private final TenantRegistry<?> registry;
  private final AtomicReferenceArray<@Nullable Thread> threads;
  private final Thread thread;
  private final ThreadMXBean threadTimes = ManagementFactory.getThreadMXBean();
  private final @Nullable OperatingSystemMXBean process;
  private final long[] loopNanos;
  private volatile boolean closed;

  // Guarded by this.
  private @Nullable CpuShares shares;

  LoopWatch(Isolation isolation, TenantRegistry<?> registry) {
    this.isolation = isolation;
    this.registry = registry;
    this.threads = new AtomicReferenceArray<>(isolation.loops().size());
    this.loopNanos = new long[isolation.loops().size()];
    this.process =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean known
            ? known
            : null;
    this.thread = Thread.ofPlatform().daemon().name("jitney-watch").unstarted(this::run);
  }

  void start() {
    for (int i = 0; i < threads.length(); i++) {
      int index = i;
      isolation.loops().get(i).loop().execute(() -> threads.set(index, Thread.currentThread()));
    }
    thread.start();
  }

  void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    long charged = System.nanoTime();
    boolean[] told = new boolean[threads.length()];
    charge();
    while (!closed) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      for (int i = 0; i < told.length; i++) {
        told[i] = look(i, told[i]);
      }
      isolation.expire();
      long now = System.nanoTime();
      if (now - charged >= CHARGE_NANOS) {
        charged = now;
        charge();
      }
    }
  }

  /** Whether the loop is blocked, which is said once. */
  private boolean look(int index, boolean told) {
    LoopGate gate = isolation.loops().get(index);
    long busy = gate.busyNanos();
    if (busy < BLOCKED_NANOS) {
      return false;
    }
    Account account = gate.busyWith();
    Thread loop = threads.get(index);
    if (!told && account != null && loop != null) {
      StringBuilder line = new StringBuilder("event loop ");
      line.append(loop.getName()).append(" blocked for ").append(busy / 1_000_000);
      line.append(" ms by ").append(account.name());
      StackTraceElement[] stack = loop.getStackTrace();
      for (int i = 0; i < Math.min(stack.length, 12); i++) {
        line.append(i == 0 ? ", at " : " < ").append(stack[i]);
      }
      isolation.say(line.toString());
    }
    return true;
  }

  /** Divides the processor time since the last time. */
  synchronized void charge() {
    OperatingSystemMXBean times = process;
    if (times == null) {
      return;
    }
    long used = times.getProcessCpuTime();
    long onLoops = loopsNanos();
    CpuShares known = shares;
    if (known == null) {
      shares = new CpuShares(isolation.node().usage(), used, onLoops);
    } else {
      known.charge(registry.tenants().stream().map(Tenant::counters).toList(), used, onLoops);
    }
  }

  /** Processor time of the loops' threads; of one that has ended, what it was. */
  private long loopsNanos() {
    long sum = 0;
    for (int i = 0; i < threads.length(); i++) {
      Thread loop = threads.get(i);
      if (loop != null) {
        loopNanos[i] = Math.max(loopNanos[i], threadTimes.getThreadCpuTime(loop.threadId()));
      }
      sum += loopNanos[i];
    }
    return sum;
  }
}
