package io.jitney.tenancy.admission;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** Time that passes when a test says so. */
final class ManualClock implements TimeMeter {
  private volatile long nanos = 1_000_000_000_000L;

  synchronized void pass(Duration time) {
    nanos += time.toNanos();
  }

  void passMillis(long millis) {
    pass(Duration.ofMillis(millis));
  }

  @Override
  public long currentTimeNanos() {
    return nanos;
  }

  @Override
  public boolean isWallClockBased() {
    return false;
  }
}
