package io.jitney.daemon.wake;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.wake.WakeTurns.Phase;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WakeTurnsTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private final WakeRule rule = new WakeRule(null, false, 60, 10, 3, Path.of("a.yaml"));
  private final WakeTurns turns = new WakeTurns();

  private long waitSeconds(long now) {
    long wait = turns.wait(rule, now * SECOND);
    return wait < 0 ? wait : wait / SECOND;
  }

  private void fail(long at) {
    turns.calling(at * SECOND);
    turns.failed(rule);
  }

  @Test
  void theFirstCallIsAtOnceAndNoOtherWhileItIsUnderWay() {
    assertThat(waitSeconds(0)).isZero();
    turns.calling(0);
    assertThat(turns.phase()).isEqualTo(Phase.WAKING);
    assertThat(waitSeconds(1_000)).isEqualTo(-1);
  }

  @Test
  void whatTheNodeHadNoPlaceForIsNoFailure() {
    for (int i = 0; i < 5; i++) {
      turns.calling(i * 20 * SECOND);
      turns.notTried();
      assertThat(turns.phase()).isEqualTo(Phase.ASLEEP);
      assertThat(turns.failures()).isZero();
      assertThat(waitSeconds(i * 20)).isEqualTo(10);
    }
  }

  @Test
  void pausesDoubleWithEachFailureUntilItIsGivenUp() {
    fail(0);
    assertThat(waitSeconds(0)).isEqualTo(20);
    assertThat(waitSeconds(20)).isZero();
    fail(20);
    assertThat(waitSeconds(20)).isEqualTo(40);
    fail(60);
    assertThat(turns.phase()).isEqualTo(Phase.GIVEN_UP);
    assertThat(waitSeconds(100_000)).isEqualTo(-1);
  }

  @Test
  void anAppThatComesIsForgivenAndStillNotCalledAgainBeforeTheCooldown() {
    fail(0);
    turns.calling(20 * SECOND);
    turns.awake(21 * SECOND);
    assertThat(waitSeconds(22)).isEqualTo(-1);
    turns.asleep(rule, 27 * SECOND);
    assertThat(turns.failures()).isZero();
    assertThat(waitSeconds(27)).isEqualTo(3);
    assertThat(waitSeconds(30)).isZero();
  }

  @Test
  void anAppThatGoesAsSoonAsItComesHasFailed() {
    for (int i = 0; i < 3; i++) {
      turns.calling(i * 100 * SECOND);
      turns.awake((i * 100 + 1) * SECOND);
      turns.asleep(rule, (i * 100 + 2) * SECOND);
    }
    assertThat(turns.phase()).isEqualTo(Phase.GIVEN_UP);
    turns.awake(1_000 * SECOND); // somebody else started it
    assertThat(turns.phase()).isEqualTo(Phase.AWAKE);
  }

  @Test
  void anotherDeclarationIsAnotherChance() {
    fail(0);
    fail(20);
    fail(60);
    turns.forget();
    assertThat(turns.phase()).isEqualTo(Phase.ASLEEP);
    assertThat(waitSeconds(61)).isZero();
  }

  @Test
  void aFailureThatComesLateChangesNothing() {
    turns.calling(0);
    turns.awake(SECOND);
    turns.failed(rule);
    assertThat(turns.phase()).isEqualTo(Phase.AWAKE);
    assertThat(turns.failures()).isZero();
  }
}
