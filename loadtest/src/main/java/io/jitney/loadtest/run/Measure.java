package io.jitney.loadtest.run;

import io.jitney.loadtest.scenario.Side;
import io.jitney.loadtest.stats.Spread;
import java.util.Map;

/**
 * A figure over all rounds, and what it should be.
 *
 * @param unit for people: x, %, s, ms, MiB or nothing
 * @param target 0: none
 * @param atMost whether the target is an upper limit
 * @param values by side
 * @param judged the side that the target is for
 */
public record Measure(
    String name,
    String unit,
    double target,
    boolean atMost,
    Map<Side, Spread> values,
    Side judged) {

  /** How it stands. */
  public enum Verdict {
    PASS,
    MISS,
    /** Nothing is asked, or there is nothing to judge. */
    NONE
  }

  /** By the median of the judged side. */
  public Verdict verdict() {
    Spread spread = values.get(judged);
    if (target == 0 || spread == null || spread.count() == 0) {
      return Verdict.NONE;
    }
    boolean reached = atMost ? spread.median() <= target : spread.median() >= target;
    return reached ? Verdict.PASS : Verdict.MISS;
  }
}
