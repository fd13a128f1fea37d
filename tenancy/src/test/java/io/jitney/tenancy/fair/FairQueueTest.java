package io.jitney.tenancy.fair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue as an event loop uses it: one thread, charged by the clock. */
class FairQueueTest {
  private static final long MILLI = 1_000_000;

  private final FairQueue queue = new FairQueue(1_000, 10_000);
  private final List<String> served = new ArrayList<>();

  private void offer(Flow flow, long cost, int calls) {
    for (int i = 0; i < calls; i++) {
      Turn turn =
          new Turn() {
            @Override
            protected void start() {
              served.add(flow.name());
              queue.charge(flow, cost);
            }

            @Override
            protected void refused(Refusal why) {
              served.add(flow.name() + " " + why);
            }
          };
      Turn loser = queue.offer(flow, turn, 0, Long.MAX_VALUE);
      if (loser != null) {
        loser.refuse();
      }
    }
  }

  private void serve(int calls) {
    for (int i = 0; i < calls; i++) {
      assertThat(queue.serve(0)).isTrue();
    }
  }

  private int count(String name) {
    return Collections.frequency(served, name);
  }

  @Test
  void aFlowKnowsHowManyOfItsCallsWaitAnywhere() {
    Flow red = new Flow("red");
    Flow blue = new Flow("blue");
    FairQueue other = new FairQueue(10, 10);
    offer(red, MILLI, 3);
    other.offer(red, turn(), 0, 5);
    offer(blue, MILLI, 1);
    assertThat(red.waiting()).isEqualTo(4);
    assertThat(blue.waiting()).isEqualTo(1);

    other.drop(6, false, dropped -> {});
    serve(4);

    assertThat(red.waiting()).isZero();
    assertThat(blue.waiting()).isZero();
  }

  private static Turn turn() {
    return new Turn() {
      @Override
      protected void start() {}

      @Override
      protected void refused(Refusal why) {}
    };
  }

  @Test
  void serviceIsSharedByWhatCallsCost() {
    offer(new Flow("dear"), 10 * MILLI, 500);
    offer(new Flow("cheap"), MILLI, 1_000);

    serve(220);

    assertThat(count("dear")).isBetween(18, 22);
    assertThat(count("cheap")).isBetween(198, 202);
  }

  @Test
  void workThatDoesNotWaitIsChargedToo() {
    Flow streaming = new Flow("streaming");
    Flow plain = new Flow("plain");
    offer(streaming, MILLI, 100);
    offer(plain, MILLI, 100);

    for (int i = 0; i < 60; i++) {
      queue.charge(streaming, MILLI / 2); // chunks of its bodies
      serve(1);
    }

    assertThat(count("plain")).isBetween(42, 48); // 60 + 30 halved
  }

  @Test
  void whoHadTheLoopAloneOwesNothing() {
    Flow busy = new Flow("busy");
    for (int i = 0; i < 100_000; i++) {
      queue.charge(busy, MILLI);
    }

    offer(busy, MILLI, 100);
    offer(new Flow("newcomer"), MILLI, 100);
    serve(40);

    assertThat(count("busy")).isBetween(18, 21);
  }

  @Test
  void beingIdleBringsNoCredit() {
    Flow idle = new Flow("idle");
    Flow busy = new Flow("busy");
    queue.charge(idle, MILLI);
    for (int i = 0; i < 100_000; i++) {
      queue.charge(busy, MILLI);
    }

    offer(busy, MILLI, 100);
    offer(idle, MILLI, 100);
    serve(40);

    assertThat(count("idle")).isBetween(19, 22);
  }

  @Test
  void aFullQueuePushesOutTheLongest() {
    FairQueue small = new FairQueue(100, 10);
    List<String> refused = new ArrayList<>();
    Flow flood = new Flow("flood");
    Flow late = new Flow("late");
    for (int i = 0; i < 10; i++) {
      small.offer(flood, turn("flood" + i, refused), 0, Long.MAX_VALUE);
    }

    Turn loser = small.offer(late, turn("late", refused), 0, Long.MAX_VALUE);

    assertThat(loser).isNotNull();
    loser.refuse();
    assertThat(refused).containsExactly("flood9 QUEUE_FULL");
    assertThat(small.queued(flood)).isEqualTo(9);
    assertThat(small.queued(late)).isEqualTo(1);
  }

  private static Turn turn(String name, List<String> refused) {
    return new Turn() {
      @Override
      protected void start() {}

      @Override
      protected void refused(Refusal why) {
        refused.add(name + " " + why);
      }
    };
  }
}
