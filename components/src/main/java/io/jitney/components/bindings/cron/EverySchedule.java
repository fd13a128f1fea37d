package io.jitney.components.bindings.cron;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** {@code @every}: again and again after whole seconds, at least one. */
record EverySchedule(Duration delay) implements Schedule {
  EverySchedule {
    delay = delay.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : delay;
    delay = delay.truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public Instant next(Instant after) {
    return after.truncatedTo(ChronoUnit.SECONDS).plus(delay);
  }
}
