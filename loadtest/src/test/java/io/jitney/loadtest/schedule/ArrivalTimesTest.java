package io.jitney.loadtest.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.scenario.Load.Arrivals;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalTimesTest {
  @Test
  void evenArrivalsKeepTheirRateToTheEnd() {
    List<Long> times = all(List.of(new Step(0, 100, 333)), Arrivals.EVEN);

    assertThat(times).hasSize(33_300);
    long gap = times.get(33_299) - times.get(33_298);
    assertThat(gap).isBetween(3_003_000L, 3_003_006L);
    double mean = (times.getLast() - times.getFirst()) / 33_299.0;
    assertThat(mean).isBetween(3_003_002.9, 3_003_003.1);
  }

  @Test
  void poissonArrivalsHaveTheRateAndNoPattern() {
    List<Long> times = all(List.of(new Step(0, 100, 500)), Arrivals.POISSON);

    assertThat(times.size()).isBetween(48_500, 51_500);
    assertThat(times).isSorted();
    // Gaps of a Poisson process spread as much as their mean.
    double mean = 2_000_000;
    double squares = 0;
    for (int i = 1; i < times.size(); i++) {
      double gap = times.get(i) - times.get(i - 1) - mean;
      squares += gap * gap;
    }
    assertThat(Math.sqrt(squares / times.size())).isBetween(0.9 * mean, 1.1 * mean);
  }

  @Test
  void stepsFollowEachOtherAndThoseWithoutRateAreSilent() {
    List<Long> times =
        all(List.of(new Step(0, 1, 10), new Step(1, 2, 0), new Step(3, 4, 100)), Arrivals.EVEN);

    assertThat(times.stream().filter(t -> t < 1_000_000_000L)).hasSize(10);
    assertThat(times.stream().filter(t -> t >= 1_000_000_000L && t < 3_000_000_000L)).isEmpty();
    assertThat(times.stream().filter(t -> t >= 3_000_000_000L)).hasSize(100);
    assertThat(times.getLast()).isLessThan(4_000_000_000L);
  }

  @Test
  void streamsDoNotSendInStep() {
    long one = new ArrivalTimes(List.of(new Step(0, 1, 10)), Arrivals.EVEN, 1).next();
    long other = new ArrivalTimes(List.of(new Step(0, 1, 10)), Arrivals.EVEN, 2).next();

    assertThat(one).isNotEqualTo(other);
  }

  private static List<Long> all(List<Step> steps, Arrivals arrivals) {
    ArrivalTimes arrival = new ArrivalTimes(steps, arrivals, 7);
    List<Long> times = new ArrayList<>();
    for (long t = arrival.next(); t != ArrivalTimes.NEVER; t = arrival.next()) {
      times.add(t);
    }
    return times;
  }
}
