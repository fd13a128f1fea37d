package io.jitney.daemon.isolation;

import io.jitney.daemon.error.AdmissionErrors;
import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Reason;
import io.jitney.tenancy.fair.FairGate;
import io.jitney.tenancy.fair.Turn;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads for what would hold an event loop for too long: parsing, writing and encrypting what is
 * large. Tenants wait for them at a gate, by weight and by the processor time that their work has
 * taken. The threads come with the first work and go when there is none for a while.
 *
 * <p>Threads: {@link #run} from any.
 */
final class HeavyWork {
  private static final int WAITING_PER_TENANT = 1_024;
  private static final int WAITING = 8_192;
  private static final long WAIT_NANOS = 60_000_000_000L;
  private static final long IDLE_SECONDS = 10;

  /** What the work is thought to cost for each byte, until it is known. */
  private static final long NANOS_PER_BYTE = 20;

  private static final Admission.Refused FULL =
      new Admission.Refused(Reason.QUEUE_FULL, "too much work waits for a processor", 1_000);
  private static final Admission.Refused LATE =
      new Admission.Refused(Reason.QUEUE_TIMEOUT, "no processor within the call's time", 1_000);

  /**
   * When so much of a tenant's work waits here, its calls back up: the loops go before these
   * threads, and would begin more and more calls.
   */
  private static final int BEHIND = 16;

  private final FairGate gate;
  private final ThreadPoolExecutor threads;
  private final ThreadMXBean times = ManagementFactory.getThreadMXBean();

  // Not for correctness: on few cores the loops are to go before it.
  @SuppressWarnings("ThreadPriorityCheck")
  HeavyWork(int count) {
    gate =
        new FairGate(
            new FairGate.Settings(
                count, 0, 0, WAITING_PER_TENANT, WAITING, LoopGate.STANDING_NANOS));
    // No more work than threads gets through the gate, so the queue between them stays short.
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .name("jitney-work-", 0)
                .factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Does work on a thread of its own.
   *
   * @param bytes how much it is about
   * @return completes in the calling context; fails with what the work throws, or as a refusal of
   *     admission does
   */
  <T extends @Nullable Object> Future<T> run(Account account, long bytes, Callable<T> work) {
    ContextInternal home = ContextInternal.current();
    Job<T> job = new Job<>(account, work, home);
    gate.enter(account.share(), job, bytes * NANOS_PER_BYTE, System.nanoTime() + WAIT_NANOS);
    if (gate.queued(account.share()) >= BEHIND) {
      account.backedUp();
    }
    return job.promise.future();
  }

  /** Refuses work that waits in vain. */
  void expire() {
    gate.expire();
  }

  void close() {
    gate.close();
    threads.shutdown();
  }

  private final class Job<T extends @Nullable Object> extends Turn implements Runnable {
    private final Account account;
    private final Callable<T> work;
    private final @Nullable ContextInternal home;
    private final Promise<T> promise = Promise.promise();

    Job(Account account, Callable<T> work, @Nullable ContextInternal home) {
      this.account = account;
      this.work = work;
      this.home = home;
    }

    @Override
    protected void start() {
      threads.execute(this);
    }

    @Override
    protected void refused(Refusal why) {
      Admission.Refused refused =
          switch (why) {
            case QUEUE_FULL, CLOSED -> FULL;
            case DEADLINE -> LATE;
          };
      account.usage().refused(refused.reason());
      account.runInTurn(home, () -> promise.fail(AdmissionErrors.of(refused).exception()));
    }

    @Override
    public void run() {
      long start = times.getCurrentThreadCpuTime();
      try {
        T result = work.call();
        tell(() -> promise.complete(result));
      } catch (Exception failure) {
        tell(() -> promise.fail(failure));
      } finally {
        long nanos = times.getCurrentThreadCpuTime() - start;
        account.usage().work(nanos);
        gate.done(this, nanos);
      }
    }

    private void tell(Runnable end) {
      try {
        account.runInTurn(home, end);
      } catch (RejectedExecutionException closed) {
        // The loops have ended meanwhile, and with them whoever waited.
      }
    }
  }
}
