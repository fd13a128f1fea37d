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
      Turn loser = queue.offer(flow, turn, 0, Long.MAX_VALUE, 0);
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
    other.offer(red, turn(), 0, 5, 0);
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
      small.offer(flood, turn("flood" + i, refused), 0, Long.MAX_VALUE, 0);
    }

    Turn loser = small.offer(late, turn("late", refused), 0, Long.MAX_VALUE, 0);

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

  private Turn named(String name, boolean goesOn) {
    return new Turn() {
      @Override
      protected boolean goesOn() {
        return goesOn;
      }

      @Override
      protected void start() {
        served.add(name);
      }

      @Override
      protected void refused(Refusal why) {
        served.add(name + " " + why);
      }
    };
  }

  @Test
  void whatGoesOnComesBeforeWhatBeginsAndKeepsItsOrder() {
    Flow red = new Flow("red");
    queue.offer(red, named("first", false), 0, Long.MAX_VALUE, 0);
    queue.offer(red, named("answer", true), 0, Long.MAX_VALUE, 0);
    Turn gone = named("gone", true);
    queue.offer(red, gone, 0, Long.MAX_VALUE, 0);
    queue.offer(red, named("second", false), 0, Long.MAX_VALUE, 0);
    assertThat(queue.cancel(gone)).isTrue();
    queue.offer(red, named("next answer", true), 0, Long.MAX_VALUE, 0);

    serve(4);

    assertThat(served).containsExactly("answer", "next answer", "first", "second");
    assertThat(queue.queued()).isZero();
  }

  @Test
  void theNewestIsNextOnceTheOldestHasWaitedForTooLong() {
    FairQueue standing = new FairQueue(1_000, 10_000, 0, 300);
    Flow red = new Flow("red");
    for (int i = 0; i < 5; i++) {
      standing.offer(red, named("red" + i, false), 0, Long.MAX_VALUE, i);
    }
    standing.serve(299);
    standing.serve(301); // the second one came at 1
    standing.offer(red, named("answer", true), 0, Long.MAX_VALUE, 301);
    standing.serve(302);
    standing.serve(302);

    assertThat(served).containsExactly("red0", "red4", "answer", "red3");
  }

  @Test
  void someOfTheOldestComeAlsoWhileNewerOnesDo() {
    FairQueue standing = new FairQueue(1_000, 10_000, 0, 300);
    Flow red = new Flow("red");
    for (int i = 0; i < 200; i++) {
      standing.offer(red, named("red" + i, false), 0, Long.MAX_VALUE, 0);
    }
    for (int i = 0; i < 100; i++) {
      standing.serve(1_000);
    }
    assertThat(served).contains("red0", "red1", "red2").doesNotContain("red3", "red100");
    assertThat(served).contains("red199", "red150");
  }

  @Test
  void withoutALimitCallsKeepTheirOrder() {
    Flow red = new Flow("red");
    for (int i = 0; i < 3; i++) {
      queue.offer(red, named("red" + i, false), 0, Long.MAX_VALUE, 0);
    }
    for (int i = 0; i < 3; i++) {
      queue.serve(Long.MAX_VALUE - 1);
    }
    assertThat(served).containsExactly("red0", "red1", "red2");
  }

  private Turn beginning(Flow flow, String name) {
    return new Turn() {
      @Override
      protected boolean beginsCall() {
        return true;
      }

      @Override
      protected void start() {
        served.add(name);
        queue.begins(flow);
      }

      @Override
      protected void refused(Refusal why) {}
    };
  }

  @Test
  void aFlowBeginsNoMoreCallsThanItMayHaveBegun() {
    Flow red = new Flow("red");
    Flow blue = new Flow("blue");
    red.mostBegun(2);
    for (int i = 0; i < 4; i++) {
      queue.offer(red, beginning(red, "red" + i), 0, Long.MAX_VALUE, i);
      queue.offer(blue, beginning(blue, "blue" + i), 0, Long.MAX_VALUE, i);
    }
    serve(6);
    assertThat(count("red2")).isZero();
    assertThat(served).contains("red0", "red1", "blue0", "blue1", "blue2", "blue3");
    assertThat(queue.hasNext()).isFalse();
    assertThat(queue.mayBegin(red)).isFalse();
    assertThat(queue.mayBegin(blue)).isTrue();

    queue.offer(red, named("answer", true), 0, Long.MAX_VALUE, 5);
    queue.offer(red, named("read", false), 0, Long.MAX_VALUE, 5);
    serve(2); // what begins no call is not held back
    queue.ends(red);
    serve(1);
    assertThat(queue.serve(0)).isFalse();

    red.mostBegun(0);
    queue.release(red);
    serve(1);
    assertThat(served.subList(6, 10)).containsExactly("answer", "read", "red2", "red3");
  }

  @Test
  void aCallThatIsHeldBackCanBeTakenBackAndDropped() {
    Flow red = new Flow("red");
    red.mostBegun(1);
    queue.begins(red);
    Turn left = beginning(red, "left");
    queue.offer(red, left, 0, Long.MAX_VALUE, 0);
    queue.offer(red, beginning(red, "late"), 0, 10, 0);
    queue.offer(red, named("read", false), 0, Long.MAX_VALUE, 0);
    List<Turn> dropped = new ArrayList<>();

    assertThat(queue.cancel(left)).isTrue();
    queue.drop(11, false, dropped::add);

    assertThat(dropped).hasSize(1);
    assertThat(queue.queued()).isEqualTo(1);
    assertThat(red.waiting()).isEqualTo(1);
    serve(1);
    assertThat(served).containsExactly("read");
  }
}
