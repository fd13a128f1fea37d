package io.jitney.tenancy.fair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.tenancy.fair.FairGate.Settings;
import io.jitney.tenancy.fair.Turn.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FairGateTest {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private final Random random = new Random(1);

  private long around(long nanos) {
    return (long) (nanos * (0.5 + random.nextDouble()));
  }

  @Test
  void equalWeightsGetEqualServiceWhateverACallCosts() {
    for (int places : new int[] {1, 4, 16}) {
      Simulation node = new Simulation(new Settings(places, 0, 100, 1_000));
      node.client(new Flow("tiny"), 100, () -> around(10 * MICRO));
      node.client(new Flow("small"), 100, () -> around(100 * MICRO));
      node.client(new Flow("big"), 100, () -> around(MILLI));
      node.client(new Flow("huge"), 100, () -> around(10 * MILLI));

      node.run(10 * SECOND);

      assertThat(node.jain()).as("places %d", places).isGreaterThan(0.98);
    }
  }

  @Test
  void weightsGetTheirShares() {
    for (int places : new int[] {1, 4}) {
      Simulation node = new Simulation(new Settings(places, 0, 100, 1_000));
      node.client(new Flow("one", 1, 0, 0), 100, () -> around(10 * MICRO));
      node.client(new Flow("two", 2, 0, 0), 100, () -> around(10 * MILLI));
      node.client(new Flow("four", 4, 0, 0), 100, () -> around(MILLI));

      node.run(10 * SECOND);

      assertThat(node.jain()).as("places %d", places).isGreaterThan(0.98);
    }
  }

  @Test
  void aFlowWhoseCallsVaryWildlyPaysForTheDearOnes() {
    Simulation node = new Simulation(new Settings(2, 0, 200, 1_000));
    node.client(new Flow("even"), 200, () -> around(100 * MICRO));
    node.client(new Flow("uneven"), 200, () -> random.nextInt(100) == 0 ? 10 * MILLI : 10 * MICRO);

    node.run(10 * SECOND);

    assertThat(node.jain()).isGreaterThan(0.98);
  }

  @Test
  void aloneItHasEverything() {
    Simulation node = new Simulation(new Settings(4, 0, 100, 1_000));
    Simulation.Client only = node.client(new Flow("only"), 100, () -> MILLI);

    node.run(SECOND);

    assertThat(only.service).isGreaterThanOrEqualTo(4 * SECOND - 4 * MILLI);
  }

  @Test
  void aShareThatWasLentComesBackAtOnce() {
    Simulation node = new Simulation(new Settings(4, 0, 100, 1_000));
    node.client(new Flow("first"), 100, () -> MILLI);
    node.run(10 * SECOND);

    Simulation.Client second = node.client(new Flow("second"), 100, () -> MILLI);
    node.forgetService();
    node.run(20 * MILLI);

    assertThat(second.service).isGreaterThanOrEqualTo(36 * MILLI); // half of 80
    assertThat(node.jain()).isGreaterThan(0.98);
  }

  @Test
  void nobodySavesUpCreditWhileIdle() {
    Simulation node = new Simulation(new Settings(1, 0, 100, 1_000));
    Simulation.Client steady = node.client(new Flow("steady"), 100, () -> MILLI);
    Simulation.Client other = node.client(new Flow("other"), 100, () -> MILLI);
    node.run(SECOND);
    other.active = false;
    node.run(10 * SECOND);

    other.active = true;
    other.want(100);
    node.forgetService();
    node.run(SECOND);

    assertThat(steady.service).isBetween(450 * MILLI, 550 * MILLI);
    assertThat(other.service).isBetween(450 * MILLI, 550 * MILLI);
  }

  @Test
  void oneCallAtATimeIsServedNextBesideAFlood() {
    Simulation node = new Simulation(new Settings(1, 0, 1_000, 2_000));
    node.client(new Flow("flood"), 1_000, () -> MILLI);
    node.run(SECOND);
    Simulation.Client single = node.client(new Flow("single"), 1, () -> 100 * MICRO);

    node.run(SECOND);

    assertThat(single.longestWait).isLessThanOrEqualTo(MILLI);
  }

  @Test
  void nobodyStarves() {
    Simulation node = new Simulation(new Settings(2, 0, 100, 10_000));
    node.client(new Flow("heavy", 1_000, 0, 0), 100, () -> MILLI);
    Simulation.Client light = node.client(new Flow("light", 1, 0, 0), 10, () -> 10 * MICRO);

    node.run(10 * SECOND);

    assertThat(light.done).isGreaterThan(500);
  }

  @Test
  void aFloorHoldsAgainstAnyWeight() {
    Simulation node = new Simulation(new Settings(4, 0, 100, 1_000));
    node.client(new Flow("giant", 1_000, 0, 0), 100, () -> MILLI);
    Simulation.Client floored = node.client(new Flow("floored", 1, 1, 0), 10, () -> MILLI);

    node.run(SECOND);

    assertThat(floored.service).isGreaterThanOrEqualTo(990 * MILLI);
    assertThat(floored.most).isEqualTo(1);
  }

  @Test
  void aLeastShareHoldsAgainstAnyWeight() {
    Simulation node = new Simulation(new Settings(2, 0, 100, 1_000));
    node.client(new Flow("giant", 1_000, 0, 0), 100, () -> around(MILLI));
    node.client(new Flow("other", 500, 0, 0), 100, () -> around(10 * MILLI));
    Flow flow = new Flow("sure");
    flow.change(1, 0.25);
    Simulation.Client sure = node.client(flow, 100, () -> around(100 * MICRO));

    node.run(10 * SECOND);

    assertThat(sure.service).isBetween(4_800 * MILLI, 5_200 * MILLI);
  }

  @Test
  void aReserveLetsAFloorInWhileSlowCallsHaveAllPlaces() {
    Simulation node = new Simulation(new Settings(4, 1, 100, 1_000));
    node.client(new Flow("slow"), 100, () -> 100 * SECOND);
    node.run(SECOND);

    Simulation.Client floored = node.client(new Flow("floored", 1, 1, 0), 10, () -> MILLI);
    node.run(100 * MILLI);

    assertThat(floored.done).isGreaterThanOrEqualTo(99);
    assertThat(node.gate.status().running()).isEqualTo(5);
  }

  @Test
  void aCeilingHoldsAlsoWhenPlacesAreEmpty() {
    Simulation node = new Simulation(new Settings(8, 0, 100, 1_000));
    Simulation.Client capped = node.client(new Flow("capped", 1, 0, 2), 50, () -> MILLI);
    Simulation.Client free = node.client(new Flow("free"), 50, () -> MILLI);

    node.run(SECOND);

    assertThat(capped.most).isEqualTo(2);
    assertThat(free.most).isGreaterThanOrEqualTo(6);
    assertThat(free.service).isGreaterThanOrEqualTo(5_900 * MILLI);
  }

  @Test
  void weightsChangeLive() {
    Simulation node = new Simulation(new Settings(2, 0, 100, 1_000));
    Flow flow = new Flow("changing");
    Simulation.Client changing = node.client(flow, 100, () -> MILLI);
    Simulation.Client steady = node.client(new Flow("steady"), 100, () -> MILLI);
    node.run(SECOND);
    flow.change(3, 0, 0);
    node.run(10 * MILLI);
    node.forgetService();

    node.run(SECOND);

    assertThat((double) changing.service / steady.service).isBetween(2.9, 3.1);
  }

  @Test
  void queuesAreBoundedByFlowAndInTotal() {
    Simulation node = new Simulation(new Settings(1, 0, 10, 20));
    Simulation.Client flood = node.client(new Flow("flood"), 1_000, () -> MILLI);
    assertThat(flood.refused).isEqualTo(1_000 - 1 - 10);

    for (int i = 0; i < 100; i++) {
      node.client(new Flow("crowd" + i), 10, () -> MILLI);
    }

    assertThat(node.gate.status().queued()).isEqualTo(20);
    assertThat(node.clients.stream().filter(client -> node.gate.queued(client.flow) > 0).count())
        .as("flows with a place in the queue")
        .isGreaterThanOrEqualTo(20);
  }

  @Test
  void aDeadlineEndsTheWaiting() {
    Simulation node = new Simulation(new Settings(1, 0, 10, 20));
    Simulation.Client running = node.client(new Flow("a"), 1, () -> 100 * MILLI);
    running.active = false;
    List<Refusal> refused = new ArrayList<>();
    Turn late =
        new Turn() {
          @Override
          protected void start() {
            throw new AssertionError("nobody waits for it");
          }

          @Override
          protected void refused(Refusal why) {
            refused.add(why);
          }
        };
    node.gate.enter(new Flow("b"), late, 0, 10 * MILLI);
    node.gate.expire();
    assertThat(refused).isEmpty();

    node.now = 10 * MILLI;
    node.gate.expire();

    assertThat(refused).containsExactly(Refusal.DEADLINE);
    node.run(SECOND);
    assertThat(node.gate.status()).isEqualTo(new FairGate.Status(1, 0, 0));
  }

  @Test
  void whatIsLateIsPassedOverWhenItsTurnComes() {
    Simulation node = new Simulation(new Settings(1, 0, 10, 20));
    Simulation.Client holder = node.client(new Flow("a"), 1, () -> 100 * MILLI);
    holder.active = false;
    AtomicInteger started = new AtomicInteger();
    List<Refusal> refused = new ArrayList<>();
    Flow flow = new Flow("b");
    node.gate.enter(flow, turn(started::incrementAndGet, refused), 0, 10 * MILLI);
    node.gate.enter(flow, turn(started::incrementAndGet, refused), 0, Long.MAX_VALUE);

    node.run(SECOND);

    assertThat(refused).containsExactly(Refusal.DEADLINE);
    assertThat(started).hasValue(1);
  }

  private static Turn turn(Runnable start, List<Refusal> refused) {
    return new Turn() {
      @Override
      protected void start() {
        start.run();
      }

      @Override
      protected void refused(Refusal why) {
        refused.add(why);
      }
    };
  }

  @Test
  void aCancelledCallIsNeverToldAndItsPlaceInTheQueueIsFree() {
    FairGate gate = new FairGate(new Settings(1, 0, 1, 1), () -> 0);
    Flow flow = new Flow("a");
    AtomicInteger started = new AtomicInteger();
    List<Refusal> refused = new ArrayList<>();
    Turn first = turn(started::incrementAndGet, refused);
    Turn second = turn(started::incrementAndGet, refused);
    Turn third = turn(started::incrementAndGet, refused);
    gate.enter(flow, first, 0, Long.MAX_VALUE);
    gate.enter(flow, second, 0, Long.MAX_VALUE);

    assertThat(gate.cancel(first)).as("it runs").isFalse();
    assertThat(gate.cancel(second)).isTrue();
    assertThat(gate.cancel(second)).as("again").isFalse();
    gate.enter(flow, third, 0, Long.MAX_VALUE);
    gate.done(first, MILLI);
    gate.done(first, MILLI);

    assertThat(started).hasValue(2);
    assertThat(refused).isEmpty();
    assertThat(gate.status()).isEqualTo(new FairGate.Status(1, 1, 0));
  }

  @Test
  void closingRefusesWhoWaitsAndWhoComes() {
    FairGate gate = new FairGate(new Settings(1, 0, 10, 10), () -> 0);
    Flow flow = new Flow("a");
    List<Refusal> refused = new ArrayList<>();
    Turn running = turn(() -> {}, refused);
    gate.enter(flow, running, 0, Long.MAX_VALUE);
    gate.enter(flow, turn(() -> {}, refused), 0, Long.MAX_VALUE);

    gate.close();
    gate.enter(flow, turn(() -> {}, refused), 0, Long.MAX_VALUE);
    gate.done(running, 1);

    assertThat(refused).containsExactly(Refusal.CLOSED, Refusal.CLOSED);
  }

  @Test
  void morePlacesLetMoreCallsInAtOnce() {
    Simulation node = new Simulation(new Settings(1, 0, 100, 100));
    Simulation.Client client = node.client(new Flow("a"), 20, () -> MILLI);

    node.gate.places(8);

    assertThat(client.running).isEqualTo(8);
    assertThatThrownBy(() -> node.gate.places(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void callsThatAreDoneBeforeTheirStartReturnsDoNotNest() {
    FairGate gate = new FairGate(new Settings(1, 0, 100_000, 200_000), () -> 0);
    Flow flow = new Flow("a");
    AtomicInteger done = new AtomicInteger();
    Turn first = turn(() -> {}, new ArrayList<>());
    gate.enter(flow, first, 0, Long.MAX_VALUE);
    for (int i = 0; i < 50_000; i++) {
      gate.enter(
          flow,
          new Turn() {
            @Override
            protected void start() {
              done.incrementAndGet();
              gate.done(this, MICRO);
            }

            @Override
            protected void refused(Refusal why) {}
          },
          0,
          Long.MAX_VALUE);
    }

    gate.done(first, MICRO);

    assertThat(done).hasValue(50_000);
    assertThat(gate.status()).isEqualTo(new FairGate.Status(1, 0, 0));
  }

  @Test
  void aThousandFlowsShareFairlyAndIdleOnesAreForgotten() {
    Simulation node = new Simulation(new Settings(8, 0, 10, 100_000));
    for (int i = 0; i < 1_000; i++) {
      long cost = (i % 10 + 1) * 100 * MICRO;
      node.client(new Flow("flow" + i), 3, () -> cost);
    }
    long begun = System.nanoTime();
    node.run(2 * SECOND);
    long calls = node.clients.stream().mapToLong(client -> client.done).sum();
    long perCall = (System.nanoTime() - begun) / calls;

    assertThat(node.jain()).isGreaterThan(0.98);
    assertThat(perCall).as("nanoseconds per call").isLessThan(50_000);
  }

  @Test
  void flowsThatWentAwayAreForgotten() {
    FairQueue queue = new FairQueue(10, 10);
    for (int i = 0; i < 10_000; i++) {
      Turn turn = turn(() -> {}, new ArrayList<>());
      queue.begin(new Flow("passing" + i), turn, 0);
      queue.done(turn, MICRO * (1 + i % 7));
    }

    assertThat(queue.flows()).isLessThan(300);
  }

  @Test
  void manyThreadsLoseNoPlaceAndNoCall() throws InterruptedException {
    FairGate gate = new FairGate(new Settings(3, 1, 100_000, 400_000));
    int threads = 4;
    int each = 20_000;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(threads * each);
    for (int t = 0; t < threads; t++) {
      Flow flow = new Flow("flow" + t, t + 1, t % 2, 0);
      Thread.ofPlatform()
          .start(
              () -> {
                for (int i = 0; i < each; i++) {
                  gate.enter(
                      flow,
                      new Turn() {
                        @Override
                        protected void start() {
                          most.accumulateAndGet(running.incrementAndGet(), Math::max);
                          running.decrementAndGet();
                          gate.done(this, 10);
                          all.countDown();
                        }

                        @Override
                        protected void refused(Refusal why) {
                          throw new AssertionError(why);
                        }
                      },
                      0,
                      System.nanoTime() + 100 * SECOND);
                }
              });
    }

    assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(most.get()).isLessThanOrEqualTo(4);
    assertThat(gate.status()).isEqualTo(new FairGate.Status(3, 0, 0));
  }
}
