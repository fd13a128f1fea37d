package io.jitney.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.admission.Admission.Admitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Many threads on one tenant, bounded to a fraction of a second. */
class TenantAdmissionStressTest {
  private static final int THREADS = 8;
  private static final int CALLS = 5_000;

  private final ManualClock stopped = new ManualClock();

  private static void onAllThreads(Callable<?> work) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(work));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
  }

  @Test
  void theLimitOfCallsInFlightIsNeverExceededNorLost() throws Exception {
    TenantAdmission admission = new TenantAdmission(new Quota(0, 0, 3), stopped);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    onAllThreads(
        () -> {
          for (int i = 0; i < CALLS; i++) {
            if (admission.admit() instanceof Admitted call) {
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              if (i % 64 == 0) {
                LockSupport.parkNanos(1); // so that places are held while others ask
              }
              open.decrementAndGet();
              call.release();
            }
          }
          return null;
        });

    assertThat(most).hasValueBetween(1, 3);
    AdmissionCounts counts = admission.counts();
    assertThat(counts.inFlight()).isZero();
    assertThat(counts.admitted() + counts.refused(Reason.IN_FLIGHT)).isEqualTo(THREADS * CALLS);
  }

  @Test
  void theBucketHandsOutExactlyItsTokens() throws Exception {
    TenantAdmission admission = new TenantAdmission(new Quota(1, 1_000, 0), stopped);

    onAllThreads(
        () -> {
          for (int i = 0; i < CALLS; i++) {
            admission.admit();
          }
          return null;
        });

    assertThat(admission.counts())
        .isEqualTo(
            new AdmissionCounts(
                1_000, Map.of(Reason.RATE, THREADS * CALLS - 1_000L), 1_000, 0, 0, 0));
  }

  @Test
  void refusalsForCallsInFlightReturnEveryToken() throws Exception {
    long burst = 100_000;
    TenantAdmission admission = new TenantAdmission(new Quota(1, burst, 2), stopped);

    onAllThreads(
        () -> {
          for (int i = 0; i < CALLS; i++) {
            if (admission.admit() instanceof Admitted call) {
              call.release();
            }
          }
          return null;
        });

    AdmissionCounts counts = admission.counts();
    assertThat(counts.refused(Reason.RATE)).isZero();
    admission.quota(new Quota(1, burst, 0));
    long rest = 0;
    while (admission.admit() instanceof Admitted) {
      rest++;
    }
    assertThat(counts.admitted() + rest).isEqualTo(burst);
  }

  @Test
  void aPermitThatManyThreadsReleaseIsReleasedOnce() throws Exception {
    TenantAdmission admission = new TenantAdmission(Quota.UNLIMITED);
    List<Admitted> calls = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      calls.add((Admitted) admission.admit());
    }
    // All threads meet before each part of the list, so that they release the same calls at once.
    CyclicBarrier meeting = new CyclicBarrier(THREADS);

    onAllThreads(
        () -> {
          for (int i = 0; i < calls.size(); i++) {
            if (i % 1_000 == 0) {
              meeting.await();
            }
            calls.get(i).release();
          }
          return null;
        });

    assertThat(admission.inFlight()).isZero();
  }

  @Test
  void quotaChangesUnderLoadLoseNoCall() throws Exception {
    TenantAdmission admission = new TenantAdmission(Quota.UNLIMITED);
    List<Quota> quotas =
        List.of(Quota.UNLIMITED, new Quota(0, 0, 2), new Quota(1e6, 10, 0), new Quota(1e5, 100, 4));
    AtomicBoolean negative = new AtomicBoolean();
    AtomicInteger turn = new AtomicInteger();

    onAllThreads(
        () -> {
          for (int i = 0; i < CALLS; i++) {
            if (i % 50 == 0) {
              admission.quota(quotas.get(turn.getAndIncrement() % quotas.size()));
            }
            if (admission.admit() instanceof Admitted call) {
              call.release();
            }
            if (admission.inFlight() < 0) {
              negative.set(true);
            }
          }
          return null;
        });

    assertThat(negative).isFalse();
    AdmissionCounts counts = admission.counts();
    assertThat(counts.inFlight()).isZero();
    assertThat(counts.admitted() + counts.refused(Reason.RATE) + counts.refused(Reason.IN_FLIGHT))
        .isEqualTo(THREADS * CALLS);
  }
}
