package io.jitney.tenancy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jitney.tenancy.admission.Admission.Admitted;
import io.jitney.tenancy.admission.Admission.Refused;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantAdmissionTest {
  private final ManualClock clock = new ManualClock();

  private TenantAdmission with(double ratePerSecond, long burst, int maxInFlight) {
    return new TenantAdmission(new Quota(ratePerSecond, burst, maxInFlight), clock);
  }

  private static Admitted admitted(Admission admission) {
    assertThat(admission).isInstanceOf(Admitted.class);
    return (Admitted) admission;
  }

  private static Refused refused(Admission admission) {
    assertThat(admission).isInstanceOf(Refused.class);
    return (Refused) admission;
  }

  private static int admittedOf(TenantAdmission admission, int calls) {
    int admitted = 0;
    for (int i = 0; i < calls; i++) {
      if (admission.admit() instanceof Admitted call) {
        call.release();
        admitted++;
      }
    }
    return admitted;
  }

  @Test
  void withoutLimitsEverythingIsLetInAndCounted() {
    TenantAdmission admission = new TenantAdmission(Quota.UNLIMITED);

    for (int i = 0; i < 10_000; i++) {
      admitted(admission.admit());
    }

    assertThat(admission.inFlight()).isEqualTo(10_000);
    assertThat(admission.counts())
        .isEqualTo(new AdmissionCounts(10_000, Map.of(), 10_000, 0, 0, 0));
  }

  @Test
  void aBurstThenTheRate() {
    TenantAdmission admission = with(10, 3, 0);

    assertThat(admittedOf(admission, 10)).isEqualTo(3);
    clock.passMillis(99);
    assertThat(admittedOf(admission, 1)).isZero();
    clock.passMillis(1);
    assertThat(admittedOf(admission, 2)).isEqualTo(1);
    clock.pass(Duration.ofHours(1));
    assertThat(admittedOf(admission, 10)).isEqualTo(3);
  }

  @Test
  void aRateRefusalSaysWhatAndHowLong() {
    TenantAdmission admission = with(10, 1, 0);
    admission.admit();

    assertThat(refused(admission.admit()))
        .isEqualTo(new Refused(Reason.RATE, "10 calls per second (burst 1)", "10", 100));
    clock.pass(Duration.ofNanos(50_500_000));
    // Rounded up: whoever waits that long finds a token.
    assertThat(refused(admission.admit()).retryAfterMillis()).isEqualTo(50);
    clock.passMillis(50);
    admitted(admission.admit());
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 2000, 0.5 calls per second (burst 1)",
    "2.5, 400, 2.5 calls per second (burst 3)",
    "1000000, 1, 1000000 calls per second (burst 1000000)",
  })
  void ratesNeedNotBeWholeNumbers(double rate, long retryAfterMillis, String limit) {
    TenantAdmission admission = with(rate, 0, 0);
    admittedOf(admission, (int) admission.quota().burst());

    Refused refusal = refused(admission.admit());

    assertThat(refusal.retryAfterMillis()).isEqualTo(retryAfterMillis);
    assertThat(refusal.limit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @CsvSource({"100", "0.5", "2.5", "33.3", "1234.567"})
  void theRateHoldsInTheLongRun(double rate) {
    TenantAdmission admission = with(rate, 0, 0);
    int burst = (int) admission.quota().burst();
    admittedOf(admission, burst);

    int admitted = 0;
    for (int tick = 0; tick < 200; tick++) {
      clock.pass(Duration.ofNanos((long) (1e9 / rate / 2)));
      admitted += admittedOf(admission, 2);
    }

    assertThat(admitted).isBetween(99, 100);
  }

  @Test
  void theExtremesOfAQuotaMakeABucket() {
    for (double rate : new double[] {1e-9, 1e9, 999_999_999.9, 1.000_000_001}) {
      assertThat(admittedOf(with(rate, 0, 0), 1)).isEqualTo(1);
      assertThat(admittedOf(with(rate, 1_000_000_000, 0), 1)).isEqualTo(1);
    }
  }

  @Test
  void callsInFlightHoldTheirPlaceUntilReleased() {
    TenantAdmission admission = with(0, 0, 2);
    Admitted one = admitted(admission.admit());
    admitted(admission.admit());

    assertThat(refused(admission.admit()))
        .isEqualTo(new Refused(Reason.IN_FLIGHT, "2 calls in flight", "2", 1_000));

    one.release();
    admitted(admission.admit());
    assertThat(admission.inFlight()).isEqualTo(2);
  }

  @Test
  void releasingTwiceGivesBackOnce() {
    TenantAdmission admission = with(0, 0, 2);
    Admitted one = admitted(admission.admit());
    admitted(admission.admit());

    one.release();
    one.release();

    assertThat(admission.inFlight()).isEqualTo(1);
    admitted(admission.admit());
    refused(admission.admit());
  }

  @Test
  void aRefusalForCallsInFlightCostsNoToken() {
    TenantAdmission admission = with(1, 2, 1);
    Admitted first = admitted(admission.admit());

    for (int i = 0; i < 100; i++) {
      assertThat(refused(admission.admit()).reason()).isEqualTo(Reason.IN_FLIGHT);
    }
    first.release();

    admitted(admission.admit()).release();
    assertThat(refused(admission.admit()).reason()).isEqualTo(Reason.RATE);
  }

  @Test
  void aRefusalForTheRateTakesNoPlace() {
    TenantAdmission admission = with(1, 1, 5);
    admitted(admission.admit());

    refused(admission.admit());

    assertThat(admission.inFlight()).isEqualTo(1);
  }

  @Test
  void whatIsDecidedIsCounted() {
    TenantAdmission admission = with(1, 2, 1);
    Admitted first = admitted(admission.admit());
    refused(admission.admit());
    first.release();
    admitted(admission.admit());
    refused(admission.admit());
    refused(admission.admit());

    AdmissionCounts counts = admission.counts();

    assertThat(counts)
        .isEqualTo(
            new AdmissionCounts(2, Map.of(Reason.RATE, 2L, Reason.IN_FLIGHT, 1L), 1, 0, 0, 0));
    assertThat(counts.refused(Reason.RATE)).isEqualTo(2);
    assertThat(counts.refused(Reason.IN_FLIGHT)).isEqualTo(1);
  }

  @Test
  void reasonsHaveTheirWordOnTheWire() {
    assertThat(Reason.RATE.code()).isEqualTo("TENANT_RATE_LIMITED");
    assertThat(Reason.IN_FLIGHT.code()).isEqualTo("TENANT_CONCURRENCY_LIMITED");
  }

  @Test
  void aLowerPlaceLimitLetsCallsGoOnAndNewOnesWait() {
    TenantAdmission admission = with(0, 0, 0);
    Admitted one = admitted(admission.admit());
    Admitted two = admitted(admission.admit());
    Admitted three = admitted(admission.admit());

    admission.quota(new Quota(0, 0, 2));

    assertThat(admission.inFlight()).isEqualTo(3);
    one.release();
    refused(admission.admit());
    two.release();
    admitted(admission.admit());
    refused(admission.admit());
    three.release();
    admitted(admission.admit());
  }

  @Test
  void aHigherPlaceLimitIsThereAtOnce() {
    TenantAdmission admission = with(0, 0, 1);
    admitted(admission.admit());
    refused(admission.admit());

    admission.quota(new Quota(0, 0, 2));

    admitted(admission.admit());
    refused(admission.admit());
  }

  @Test
  void theSameQuotaAgainIsNoFreshBurst() {
    TenantAdmission admission = with(1, 5, 0);
    assertThat(admittedOf(admission, 10)).isEqualTo(5);

    admission.quota(new Quota(1, 5, 0));

    assertThat(admittedOf(admission, 10)).isZero();
  }

  @Test
  void aNewRateKeepsTheBucketAsFullAsItWas() {
    TenantAdmission admission = with(1, 10, 0);
    admittedOf(admission, 5);

    admission.quota(new Quota(10, 100, 0));

    assertThat(admittedOf(admission, 200)).isEqualTo(50);
    assertThat(refused(admission.admit()).retryAfterMillis()).isEqualTo(100);
    assertThat(refused(admission.admit()).limit()).isEqualTo("10 calls per second (burst 100)");
  }

  @Test
  void aRateCanComeAndGo() {
    TenantAdmission admission = with(1, 1, 0);
    assertThat(admittedOf(admission, 5)).isEqualTo(1);

    admission.quota(Quota.UNLIMITED);
    assertThat(admittedOf(admission, 5)).isEqualTo(5);

    admission.quota(new Quota(1, 2, 0));
    assertThat(admittedOf(admission, 5)).isEqualTo(2);
  }

  @Test
  void anAdmittedCallWithoutLimitsAllocatesOnlyItsPermit() {
    TenantAdmission admission = new TenantAdmission(Quota.UNLIMITED);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    admittedOf(admission, 20_000);

    long before = threads.getCurrentThreadAllocatedBytes();
    admittedOf(admission, 20_000);
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 20_000;

    assertThat(each).isLessThanOrEqualTo(32);
  }

  @Test
  void kindsOfCallsAreLimitedApart() {
    TenantAdmission all = new TenantAdmission(new Quota(0, 0, 4, 2, 1, 1, 0, 0), clock);
    Admission stream = all.admit(CallKind.STREAM, 0);
    Admission first = all.admit(CallKind.UNARY, 0);
    all.admit(CallKind.UNARY, 0);
    Admission delivery = all.admit(CallKind.DELIVERY, 0);

    assertThat(refused(all.admit(CallKind.STREAM, 0)))
        .isEqualTo(new Refused(Reason.STREAMS, "1 open streams", "1", 1_000));
    assertThat(refused(all.admit(CallKind.UNARY, 0)).reason()).isEqualTo(Reason.UNARY_IN_FLIGHT);
    assertThat(refused(all.admit(CallKind.DELIVERY, 0)).reason()).isEqualTo(Reason.DELIVERIES);
    assertThat(all.counts().inFlight()).isEqualTo(3);
    assertThat(all.counts().streams()).isEqualTo(1);
    assertThat(all.counts().deliveries()).isEqualTo(1);

    assertThat(((Admitted) first).becomesStream()).isNotNull();
    ((Admitted) stream).release();
    assertThat(((Admitted) first).becomesStream()).isNull();
    ((Admitted) first).release();
    ((Admitted) first).release();
    ((Admitted) delivery).release();
    assertThat(all.counts().inFlight()).isEqualTo(1);
    assertThat(all.counts().streams()).isZero();
    assertThat(all.counts().deliveries()).isZero();
  }

  @Test
  void aDeliveryNeedsNoTokenAndNoPlaceOfTheAppsCalls() {
    TenantAdmission all = new TenantAdmission(new Quota(0.001, 1, 1), clock);
    all.admit();

    assertThat(all.admit(CallKind.DELIVERY, 0)).isInstanceOf(Admitted.class);
  }

  @Test
  void bytesAreHeldFromTheHeadOnAndGivenBackOnce() {
    TenantAdmission all = new TenantAdmission(new Quota(1, 10, 0, 0, 0, 0, 1_000, 900), clock);
    Admitted large = (Admitted) all.admit(CallKind.UNARY, 800);

    assertThat(refused(all.admit(CallKind.UNARY, 201)).reason()).isEqualTo(Reason.BYTES);
    Admitted small = (Admitted) all.admit(CallKind.UNARY, -1);
    assertThat(small.hold(150)).isNull();
    assertThat(small.hold(51)).isNotNull();
    small.passed(100);
    assertThat(small.hold(51)).isNull();
    assertThat(all.counts().bytes()).isEqualTo(901);
    large.release();
    small.release();
    small.release();
    assertThat(small.hold(50)).isNull();
    small.passed(50);
    assertThat(all.counts().bytes()).isZero();
    assertThat(all.inFlight()).isZero();
    // What can never fit is told apart from what does not fit now, and costs no token.
    assertThat(refused(all.admit(CallKind.UNARY, 901)).reason()).isEqualTo(Reason.BODY_SIZE);
    all.quota(new Quota(1, 10, 0, 0, 0, 0, 1_000, 0));
    assertThat(refused(all.admit(CallKind.UNARY, 1_001)).limit()).isEqualTo("1000 bytes in flight");
    assertThat(all.tooLarge(1_001)).isNotNull();
    assertThat(all.tooLarge(1_000)).isNull();
    for (int i = 0; i < 8; i++) {
      assertThat(all.admit()).isInstanceOf(Admitted.class);
    }
  }

  @Test
  void aCallThatWouldBeRefusedIsToldWithoutTakingAnything() {
    TenantAdmission all = with(0.5, 2, 1);
    assertThat(all.refusedAnyway()).isNull();
    assertThat(all.refusedAnyway()).isNull();
    Admitted held = admitted(all.admit());
    assertThat(all.refusedAnyway())
        .isEqualTo(new Refused(Reason.IN_FLIGHT, "1 calls in flight", "1", 1_000));
    held.release();
    admitted(all.admit()).release();
    assertThat(all.refusedAnyway())
        .isEqualTo(new Refused(Reason.RATE, "0.5 calls per second (burst 2)", "0.5", 2_000));
    assertThat(all.counts().refused()).isEqualTo(2);
  }
}
