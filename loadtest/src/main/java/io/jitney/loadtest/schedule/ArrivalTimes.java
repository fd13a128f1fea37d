package io.jitney.loadtest.schedule;

import io.jitney.loadtest.plan.WorkerPlan.Step;
import io.jitney.loadtest.scenario.Load.Arrivals;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The moments at which a stream's requests are due, one after the other. Not for several threads.
 *
 * <p>Even arrivals are counted from the start of their step, not from the one before: rounding does
 * not add up, so that a thousand steps later the rate is still the rate.
 */
public final class ArrivalTimes {
  /** After the last one. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final double NANOS = 1e9;

  private final List<Step> steps;
  private final Arrivals arrivals;
  private final SplittableRandom random;
  private final double phase;
  private int step = -1;
  private long count;
  private double at;

  /**
   * Of a stream.
   *
   * @param steps in order of time; those without a rate have no arrivals
   * @param seed also shifts even arrivals, so that streams do not send in step
   */
  public ArrivalTimes(List<Step> steps, Arrivals arrivals, long seed) {
    this.steps = steps;
    this.arrivals = arrivals;
    random = new SplittableRandom(seed);
    phase = random.nextDouble();
    nextStep();
  }

  /** Nanoseconds after the start; {@link #NEVER} when there are no more. */
  public long next() {
    while (step < steps.size()) {
      Step current = steps.get(step);
      if (current.rate() > 0) {
        double due =
            switch (arrivals) {
              case EVEN -> current.from() + (count + phase) / current.rate();
              case POISSON -> at - Math.log(1 - random.nextDouble()) / current.rate();
            };
        if (due < current.to()) {
          count++;
          at = due;
          return (long) (due * NANOS);
        }
      }
      nextStep();
    }
    return NEVER;
  }

  private void nextStep() {
    step++;
    count = 0;
    at = step < steps.size() ? steps.get(step).from() : 0;
  }
}
