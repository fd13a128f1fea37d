package io.jitney.daemon.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AppLoadTest {
  private static final Vertx VERTX = Vertx.vertx();

  @AfterAll
  static void close() {
    VERTX.close();
  }

  @Test
  void withoutALimitEveryCallGoesAtOnceAndIsCounted() {
    AppLoad load = new AppLoad(VERTX, -1);
    Slot one = load.enter();
    Slot two = load.enter();
    assertThat(one.turn()).isNull();
    assertThat(two.turn()).isNull();
    assertThat(load.inFlight()).isEqualTo(2);
    one.release();
    one.release();
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void aCallOverTheLimitWaitsForItsTurn() {
    AppLoad load = new AppLoad(VERTX, 1);
    Slot first = load.enter();
    Slot second = load.enter();
    Slot third = load.enter();
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
    assertThat(load.enter().turn()).as("the place is free again").isNull();
  }

  @Test
  void whoStopsWaitingTakesNoPlace() {
    AppLoad load = new AppLoad(VERTX, 1);
    Slot first = load.enter();
    Slot gone = load.enter();
    Slot next = load.enter();
    gone.release();
    first.release();
    assertThat(next.turn().succeeded()).isTrue();
    assertThat(gone.turn().failed()).isTrue();
  }

  @Test
  void theQueueHasAnEnd() {
    AppLoad load = new AppLoad(VERTX, 1);
    load.enter();
    List<Slot> waiting = new ArrayList<>();
    for (int i = 0; i < AppLoad.MAX_WAITING; i++) {
      waiting.add(load.enter());
    }
    Slot tooMany = load.enter();
    assertThat(tooMany.turn().cause())
        .isInstanceOf(AppBusyException.class)
        .hasMessageContaining("app-max-concurrency 1");
    tooMany.release();
    waiting.forEach(Slot::release);
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void callsWithoutPlaceOnlyCount() {
    AppLoad load = new AppLoad(VERTX, 1);
    load.enter();
    Slot stream = load.enterUnlimited();
    assertThat(stream.turn()).isNull();
    assertThat(load.inFlight()).isEqualTo(2);
    stream.release();
    assertThat(load.inFlight()).isEqualTo(1);
  }

  @Test
  void closingRefusesWhoWaitsAndWhoComes() {
    AppLoad load = new AppLoad(VERTX, 1);
    Slot running = load.enter();
    Slot waiting = load.enter();
    load.close();
    assertThat(waiting.turn().cause()).isInstanceOf(ChannelClosedException.class);
    assertThat(load.enter().turn().cause()).isInstanceOf(ChannelClosedException.class);
    running.release();
  }
}
