package io.jitney.daemon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AppLoadTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Account CALLER = Account.named("caller");

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @Test
  void withoutALimitEveryCallGoesAtOnceAndIsCounted() {
    AppLoad load = new AppLoad(VERTX, -1, true);
    Slot one = load.enter(CALLER);
    Slot two = load.enter(CALLER);
    assertThat(one.turn()).isNull();
    assertThat(two.turn()).isNull();
    assertThat(load.inFlight()).isEqualTo(2);
    one.release();
    one.release();
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void aCallOverTheLimitWaitsForItsTurn() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    Slot first = load.enter(CALLER);
    Slot second = load.enter(CALLER);
    Slot third = load.enter(CALLER);
    Future<Void> turnOfSecond = second.turn();
    Future<Void> turnOfThird = third.turn();
    assertThat(first.turn()).isNull();
    assertThat(turnOfSecond.isComplete()).isFalse();
    first.release();
    assertThat(turnOfSecond.succeeded()).isTrue();
    assertThat(turnOfThird.isComplete()).isFalse();
    second.release();
    assertThat(turnOfThird.succeeded()).isTrue();
    third.release();
    assertThat(load.inFlight()).isZero();
    assertThat(load.enter(CALLER).turn()).as("the place is free again").isNull();
  }

  @Test
  void whoStopsWaitingTakesNoPlace() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    Slot first = load.enter(CALLER);
    Slot gone = load.enter(CALLER);
    Slot next = load.enter(CALLER);
    gone.release();
    first.release();
    assertThat(next.turn().succeeded()).isTrue();
    assertThat(gone.turn().failed()).isTrue();
  }

  @Test
  void theQueueHasAnEnd() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    load.enter(CALLER);
    List<Slot> waiting = new ArrayList<>();
    for (int i = 0; i < AppLoad.MAX_WAITING; i++) {
      waiting.add(load.enter(CALLER));
    }
    Slot tooMany = load.enter(CALLER);
    assertThat(tooMany.turn().cause())
        .isInstanceOf(AppBusyException.class)
        .hasMessageContaining("app-max-concurrency 1");
    tooMany.release();
    waiting.forEach(Slot::release);
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void placesGoRoundAmongTheCallers() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    Slot running = load.enter(CALLER);
    List<Slot> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flood.add(load.enter(CALLER));
    }
    Slot other = load.enter(Account.named("other"));

    running.release();
    flood.getFirst().release();

    assertThat(other.turn().succeeded()).isTrue();
    assertThat(flood.get(1).turn().isComplete()).isFalse();
  }

  @Test
  void switchedOffFirstComeIsFirstServed() {
    AppLoad load = new AppLoad(VERTX, 1, false);
    Slot running = load.enter(CALLER);
    Slot second = load.enter(CALLER);
    Slot third = load.enter(CALLER);
    Slot other = load.enter(Account.named("other"));

    running.release();
    second.release();
    assertThat(third.turn().succeeded()).isTrue();
    assertThat(other.turn().isComplete()).isFalse();
  }

  @Test
  void anAppWithoutLimitStaysReachableForTheModest() {
    AppLoad load = new AppLoad(VERTX, 0, true);
    List<Slot> flood = new ArrayList<>();
    for (int i = 0; i < AppLoad.MOST_PLACES + 100; i++) {
      flood.add(load.enter(CALLER));
    }

    Slot modest = load.enter(Account.named("modest"));

    assertThat(flood.getLast().turn().isComplete()).as("the flood waits").isFalse();
    assertThat(modest.turn()).as("goes at once").isNull();
  }

  @Test
  void anAppThatAnswersNobodyGetsFewerCallsOnceCallersLeave() {
    AtomicLong clock = new AtomicLong(1);
    AppLoad load = new AppLoad(VERTX, 0, true, clock::get);
    leaveOneByOne(load, clock);
    assertThat(atOnce(load)).isEqualTo(AppLoad.LEAST_PLACES);
  }

  @Test
  void whoLeavesAnAppThatAnswersOthersTakesNothingFromIt() {
    AtomicLong clock = new AtomicLong(1);
    AppLoad load = new AppLoad(VERTX, 0, true, clock::get);
    Slot other = load.enter(Account.named("other"));
    for (int i = 0; i < 30; i++) {
      Slot impatient = load.enter(CALLER);
      clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
      other.answered();
      impatient.release();
    }
    assertThat(atOnce(load)).isEqualTo(AppLoad.MOST_PLACES - 1);
  }

  @Test
  void anAppThatAnswersAgainGetsItsCallsBack() {
    AtomicLong clock = new AtomicLong(1);
    AppLoad load = new AppLoad(VERTX, 0, true, clock::get);
    leaveOneByOne(load, clock);
    for (int i = 0; i < 1000; i++) {
      List<Slot> calls = new ArrayList<>();
      for (int j = 0; j < AppLoad.MOST_PLACES; j++) {
        calls.add(load.enter(CALLER));
      }
      clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(10));
      calls.removeIf(
          call -> {
            boolean runs = call.turn() == null;
            if (runs) {
              call.answered();
              call.release();
            }
            return runs;
          });
      calls.forEach(Slot::release);
    }
    assertThat(atOnce(load)).isGreaterThan(AppLoad.MOST_PLACES / 2);
  }

  private static void leaveOneByOne(AppLoad load, AtomicLong clock) {
    List<Slot> calls = new ArrayList<>();
    for (int i = 0; i < AppLoad.MOST_PLACES; i++) {
      calls.add(load.enter(CALLER));
    }
    for (Slot call : calls) {
      clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(20));
      call.release();
    }
  }

  /** How many calls are let through before the first one waits; undone afterwards. */
  private static int atOnce(AppLoad load) {
    List<Slot> calls = new ArrayList<>();
    int through = 0;
    for (int i = 0; i < AppLoad.MOST_PLACES + 1; i++) {
      Slot call = load.enter(CALLER);
      calls.add(call);
      through += call.turn() == null ? 1 : 0;
    }
    calls.forEach(Slot::release);
    return through;
  }

  @Test
  void callsWithoutPlaceOnlyCount() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    load.enter(CALLER);
    Slot stream = load.enterUnlimited(CALLER);
    assertThat(stream.turn()).isNull();
    assertThat(load.inFlight()).isEqualTo(2);
    stream.release();
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void closingRefusesWhoWaitsAndWhoComes() {
    AppLoad load = new AppLoad(VERTX, 1, true);
    Slot running = load.enter(CALLER);
    Slot waiting = load.enter(CALLER);
    load.close();
    assertThat(waiting.turn().cause()).isInstanceOf(ChannelClosedException.class);
    assertThat(load.enter(CALLER).turn().cause()).isInstanceOf(ChannelClosedException.class);
    running.release();
  }
}
