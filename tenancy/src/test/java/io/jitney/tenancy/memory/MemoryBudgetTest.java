package io.jitney.tenancy.memory;

import static io.jitney.tenancy.memory.MemoryLease.Answer.GRANTED;
import static io.jitney.tenancy.memory.MemoryLease.Answer.REFUSED;
import static io.jitney.tenancy.memory.MemoryLease.Answer.WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final long MIB = 1024 * 1024;

  private final AtomicLong time = new AtomicLong(1);
  private final MemoryBudget budget = new MemoryBudget(100 * MIB, time::get);
  private final List<String> told = new ArrayList<>();

  private MemoryLease.Answer ask(MemoryLease lease, long mib, String name) {
    time.addAndGet(TimeUnit.MILLISECONDS.toNanos(20)); // past the time that weights are kept
    return lease.reserve(
        () -> mib * MIB, () -> told.add(name + " granted"), () -> told.add(name + " refused"));
  }

  @Test
  void aTenantThatIsAloneMayUseNearlyEverything() {
    MemoryLedger red = budget.open(1);
    List<MemoryLease> leases = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      MemoryLease lease = red.lease();
      leases.add(lease);
      assertThat(ask(lease, 10, "red")).isEqualTo(GRANTED);
    }
    assertThat(budget.used()).isEqualTo(70 * MIB);
    leases.forEach(MemoryLease::close);
    assertThat(budget.used()).isZero();
    assertThat(red.held()).isZero();
    assertThat(budget.rung()).isEqualTo(Rung.NORMAL);
  }

  @Test
  void aLaterTenantFindsRoomAndTheFirstWaitsUntilItIsBackAtItsShare() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease large = red.lease();
    assertThat(ask(large, 60, "red")).isEqualTo(GRANTED);
    MemoryLease small = blue.lease();

    assertThat(ask(small, 5, "blue")).isEqualTo(GRANTED);
    MemoryLease more = red.lease();
    assertThat(ask(more, 5, "red")).isEqualTo(WAITS);
    assertThat(red.aboveShare()).isTrue();
    assertThat(blue.aboveShare()).isFalse();
    assertThat(budget.rung()).isEqualTo(Rung.SLOW);
    assertThat(ask(blue.lease(), 5, "blue")).isEqualTo(GRANTED);

    large.close();
    assertThat(told).containsExactly("red granted");
    assertThat(red.held()).isEqualTo(5 * MIB);
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void whatComesUnexpectedlyIsKeptWithinTheShareOnly() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease large = red.lease();
    MemoryLease surprise = red.lease();
    MemoryLease fair = blue.lease();
    assertThat(ask(surprise, 1, "red")).isEqualTo(GRANTED);
    assertThat(ask(large, 57, "red")).isEqualTo(GRANTED);
    assertThat(ask(fair, 1, "blue")).isEqualTo(GRANTED);

    assertThat(surprise.tryHoldExactly(20 * MIB)).isFalse();
    assertThat(surprise.held()).isEqualTo(MIB);
    assertThat(red.refused()).isEqualTo(1);
    assertThat(fair.tryHoldExactly(20 * MIB)).isTrue();
    assertThat(budget.used()).isEqualTo(78 * MIB);
    assertThat(fair.tryHoldExactly(2 * MIB)).isTrue();
    assertThat(surprise.tryHoldExactly(5 * MIB)).isTrue();
    large.close();
    surprise.close();
    fair.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void sharesFollowWeights() {
    MemoryLedger heavy = budget.open(3);
    MemoryLedger light = budget.open(1);
    MemoryLease one = heavy.lease();
    MemoryLease two = light.lease();
    ask(one, 1, "heavy");
    ask(two, 1, "light");
    time.addAndGet(TimeUnit.SECONDS.toNanos(1));

    assertThat(budget.share(heavy)).isEqualTo(3 * budget.share(light));
  }

  @Test
  void aboveTheSecondRungTheGreedyAreRefusedAndOthersAreNot() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease hoard = red.lease();
    hoard.take(75 * MIB);
    assertThat(budget.rung()).isEqualTo(Rung.SHED);

    assertThat(ask(red.lease(), 1, "red")).isEqualTo(REFUSED);
    assertThat(ask(blue.lease(), 1, "blue")).isEqualTo(GRANTED);
    assertThat(red.refused()).isEqualTo(1);
    assertThat(blue.refused()).isZero();
  }

  @Test
  void aboveTheThirdRungNobodyGetsAnything() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    red.lease().take(86 * MIB);

    assertThat(budget.rung()).isEqualTo(Rung.CONTROL);
    assertThat(ask(blue.lease(), 1, "blue")).isEqualTo(REFUSED);
  }

  @Test
  void aRungIsLeftOnlyWellBelowWhereItBegan() {
    List<String> changes = new ArrayList<>();
    budget.onChange((from, to, used) -> changes.add(from + ">" + to));
    MemoryLease lease = budget.open(1).lease();
    lease.take(51 * MIB);
    for (int i = 0; i < 5; i++) { // to and fro across the mark
      lease.give(3 * MIB);
      lease.take(3 * MIB);
    }
    lease.give(10 * MIB);

    assertThat(changes).containsExactly("NORMAL>SLOW", "SLOW>NORMAL");
  }

  @Test
  void whoWaitsTooLongIsRefused() {
    MemoryLedger red = budget.open(1);
    red.lease().take(69 * MIB);
    MemoryLease late = red.lease();
    assertThat(ask(late, 5, "red")).isEqualTo(WAITS);
    budget.sweep();
    assertThat(told).isEmpty();

    time.addAndGet(MemoryLease.WAIT_NANOS);
    budget.sweep();

    assertThat(told).containsExactly("red refused");
    assertThat(budget.waiting()).isZero();
    assertThat(red.held()).isEqualTo(69 * MIB);
  }

  @Test
  void aCallThatEndsWhileItWaitsLeavesTheQueue() {
    MemoryLedger red = budget.open(1);
    MemoryLease hoard = red.lease();
    hoard.take(69 * MIB);
    MemoryLease gone = red.lease();
    ask(gone, 5, "gone");
    gone.close();
    hoard.close();

    assertThat(told).isEmpty();
    assertThat(budget.used()).isZero();
    assertThat(budget.waiting()).isZero();
    assertThat(gone.reserve(() -> 1, () -> {}, () -> {})).isEqualTo(REFUSED);
    assertThat(budget.used()).isZero();
  }

  @Test
  void theQueueOfATenantIsBounded() {
    MemoryLedger red = budget.open(1);
    red.lease().take(69 * MIB);
    for (int i = 0; i < MemoryLedger.MOST_WAITING; i++) {
      assertThat(red.lease().reserve(() -> 5 * MIB, () -> {}, () -> {})).isEqualTo(WAITS);
    }

    assertThat(red.lease().reserve(() -> 5 * MIB, () -> {}, () -> {})).isEqualTo(REFUSED);
  }

  @Test
  void somethingLargerThanAShareIsServedWhenNobodyIsInItsWay() {
    MemoryLedger red = budget.open(1);
    budget.open(1).lease().take(MIB);

    assertThat(ask(red.lease(), 80, "red")).isEqualTo(GRANTED);
    assertThat(ask(red.lease(), 99, "red")).isEqualTo(REFUSED);
  }

  @Test
  void expectationsRememberTheLargest() {
    Expectations expectations = budget.open(1).expectations();

    assertThat(expectations.of("GetState", 4096)).isEqualTo(4096);
    expectations.saw("GetState", 10);
    assertThat(expectations.of("GetState", 4096)).isEqualTo(10);
    expectations.saw("GetState", 1000);
    expectations.saw("GetState", 20);
    assertThat(expectations.of("GetState", 4096)).isEqualTo(1000);
    assertThat(expectations.of("GetBulkState", 7)).isEqualTo(7);
  }

  @Test
  void everythingIsGivenBackHoweverCallsEndOnManyThreads() throws InterruptedException {
    MemoryBudget real = new MemoryBudget(2 * MIB);
    MemoryLedger[] ledgers = {real.open(1), real.open(2), real.open(4)};
    AtomicInteger granted = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    ThreadLocalRandom random = ThreadLocalRandom.current();
                    List<MemoryLease> open = new ArrayList<>();
                    for (int i = 0; i < 10_000; i++) {
                      MemoryLease lease = ledgers[random.nextInt(3)].lease();
                      long bytes = random.nextInt(400_000);
                      lease.reserve(() -> bytes, granted::incrementAndGet, () -> {});
                      lease.take(random.nextInt(100));
                      lease.give(random.nextInt(200));
                      open.add(lease);
                      if (open.size() > 8) {
                        open.remove(random.nextInt(8)).close();
                      }
                      if (random.nextInt(50) == 0) {
                        lease.close();
                        real.sweep();
                      }
                    }
                    open.forEach(MemoryLease::close);
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(granted).hasPositiveValue();
    assertThat(real.used()).isZero();
    assertThat(real.waiting()).isZero();
    assertThat(real.rung()).isEqualTo(Rung.NORMAL);
    for (MemoryLedger ledger : ledgers) {
      assertThat(ledger.held()).isZero();
      assertThat(ledger.waiting()).isZero();
    }
  }

  @Test
  void whoHoldsSomethingGoesBeforeWhoHasNotBegun() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease others = blue.lease();
    MemoryLease begun = red.lease();
    MemoryLease large = red.lease();
    assertThat(ask(others, 30, "blue")).isEqualTo(GRANTED);
    assertThat(ask(begun, 5, "begun")).isEqualTo(GRANTED);
    assertThat(ask(large, 15, "large")).isEqualTo(GRANTED);
    MemoryLease fresh = red.lease();
    assertThat(ask(large, 12, "more")).isEqualTo(GRANTED);
    assertThat(ask(fresh, 5, "fresh")).isEqualTo(WAITS);
    assertThat(ask(begun, 5, "begun")).isEqualTo(WAITS);

    large.give(5 * MIB); // room for one of them

    assertThat(told).containsExactly("begun granted");
    large.close();
    assertThat(told).containsExactly("begun granted", "fresh granted");
  }

  @Test
  void callsThatWaitForEachOtherAreRefusedAndNotBlocked() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease others = blue.lease();
    assertThat(ask(others, 30, "blue")).isEqualTo(GRANTED);
    MemoryLease one = red.lease();
    MemoryLease two = red.lease();
    assertThat(ask(one, 16, "one")).isEqualTo(GRANTED);
    assertThat(ask(two, 16, "two")).isEqualTo(GRANTED);

    assertThat(ask(one, 8, "one")).isEqualTo(WAITS);
    assertThat(ask(two, 8, "two")).isEqualTo(REFUSED); // or neither would ever end
    two.close();

    assertThat(told).containsExactly("one granted");
    one.close();
    others.close();
    assertThat(budget.used()).isZero();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void whatNobodyNeedsAnyMoreIsRefusedAtOnceAndKeepsWhatItHolds() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease others = blue.lease();
    MemoryLease rest = red.lease();
    MemoryLease call = red.lease();
    assertThat(ask(others, 34, "blue")).isEqualTo(GRANTED);
    assertThat(ask(rest, 20, "rest")).isEqualTo(GRANTED);
    assertThat(ask(call, 10, "call")).isEqualTo(GRANTED);
    assertThat(ask(call, 10, "call")).isEqualTo(WAITS);

    call.giveUp();
    call.giveUp();

    assertThat(told).containsExactly("call refused");
    assertThat(call.held()).isEqualTo(10 * MIB);
    assertThat(budget.waiting()).isZero();
    call.close();
    assertThat(red.held()).isEqualTo(20 * MIB);
  }

  @Test
  void theNewestBeginsFirstOnceTheOldestHasWaitedForTooLong() {
    MemoryLedger red = budget.open(1);
    MemoryLedger blue = budget.open(1);
    MemoryLease others = blue.lease();
    MemoryLease large = red.lease();
    assertThat(ask(others, 30, "blue")).isEqualTo(GRANTED);
    assertThat(ask(large, 35, "large")).isEqualTo(GRANTED);
    assertThat(ask(red.lease(), 5, "old")).isEqualTo(WAITS);
    time.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(ask(red.lease(), 5, "middle")).isEqualTo(WAITS);
    assertThat(ask(red.lease(), 5, "new")).isEqualTo(WAITS);

    large.give(5 * MIB);
    large.give(5 * MIB);
    large.give(5 * MIB);

    assertThat(told).containsExactly("new granted", "middle granted", "old granted");
  }
}
