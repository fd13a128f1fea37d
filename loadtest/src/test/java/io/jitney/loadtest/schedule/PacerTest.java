package io.jitney.loadtest.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.scenario.Load.Arrivals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacerTest {
  /**
   * The point of it all: a receiver that stalls is told of what became due meanwhile, as of then.
   */
  @Test
  void aStallDoesNotMoveWhatIsDue() {
    long start = System.nanoTime();
    List<Long> due = new ArrayList<>();
    long[] stalledUntil = {0};
    Pacer.Sender stallsOnce =
        at -> {
          due.add(at - start);
          if (due.size() == 5) {
            sleep(40);
            stalledUntil[0] = System.nanoTime() - start;
          }
        };
    ArrivalTimes times = new ArrivalTimes(List.of(new Step(0, 0.1, 1000)), Arrivals.EVEN, 3);

    new Pacer(start, Runnable::run, List.of(new Pacer.Entry(times, stallsOnce))).run();

    assertThat(due).hasSize(100);
    for (int i = 1; i < due.size(); i++) {
      assertThat(due.get(i) - due.get(i - 1)).isBetween(999_998L, 1_000_002L);
    }
    assertThat(due.stream().filter(at -> at > due.get(4) && at < stalledUntil[0]).count())
        .as("requests that were due during the stall and keep their time")
        .isGreaterThanOrEqualTo(35);
  }

  @Test
  void streamsAreMergedByTime() {
    long start = System.nanoTime();
    List<Long> due = new ArrayList<>();
    List<Pacer.Entry> entries = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      entries.add(
          new Pacer.Entry(
              new ArrivalTimes(List.of(new Step(0, 0.05, 400)), Arrivals.POISSON, seed), due::add));
    }

    new Pacer(start, Runnable::run, entries).run();

    assertThat(due).isSorted().hasSizeBetween(60, 140);
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
