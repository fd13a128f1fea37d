package io.jitney.daemon.telemetry;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A log with a limit of lines per second, so that one app cannot fill the disk or the pipe of all.
 * Up to ten seconds' worth may come at once. Suppressed lines are counted, and told in one line as
 * soon as there is room again. Any thread.
 */
public final class LimitedLog implements InstanceLog {
  private static final double SECONDS_AT_ONCE = 10;
  private static final String SCOPE = "jitney.log";
  private static final int MOST_CHARACTERS = 32 * 1024;

  private final InstanceLog to;
  private final DoubleSupplier linesPerSecond;
  private final LongSupplier clock;

  // Guarded by this.
  private double tokens = Double.MAX_VALUE;
  private long filled;
  private long suppressed;

  /**
   * @param linesPerSecond asked for each line; infinite: no limit
   */
  public LimitedLog(InstanceLog to, DoubleSupplier linesPerSecond) {
    this(to, linesPerSecond, System::nanoTime);
  }

  LimitedLog(InstanceLog to, DoubleSupplier linesPerSecond, LongSupplier clock) {
    this.to = to;
    this.linesPerSecond = linesPerSecond;
    this.clock = clock;
    this.filled = clock.getAsLong();
  }

  @Override
  public void log(Level level, String scope, String message) {
    if (to.enabled(level, scope) && passes(level)) {
      to.log(level, scope, bounded(message));
    }
  }

  @Override
  public void log(Level level, String scope, String message, Map<String, ?> fields) {
    if (to.enabled(level, scope) && passes(level)) {
      to.log(level, scope, bounded(message), fields);
    }
  }

  @Override
  public boolean enabled(Level level) {
    return to.enabled(level);
  }

  @Override
  public boolean enabled(Level level, String scope) {
    return to.enabled(level, scope);
  }

  /** What an app sends gets into lines, and is as long as it likes. */
  private static String bounded(String message) {
    return message.length() <= MOST_CHARACTERS
        ? message
        : message.substring(0, MOST_CHARACTERS) + "... (" + message.length() + " characters)";
  }

  private boolean passes(Level level) {
    double rate = linesPerSecond.getAsDouble();
    long missed;
    synchronized (this) {
      if (Double.isInfinite(rate)) {
        tokens = Double.MAX_VALUE;
      } else {
        long now = clock.getAsLong();
        double most = Math.max(1, rate * SECONDS_AT_ONCE);
        double since = (double) (now - filled) / TimeUnit.SECONDS.toNanos(1);
        tokens = Math.min(most, tokens + since * rate);
        filled = now;
        if (tokens < 1 && level != Level.FATAL) {
          suppressed++;
          return false;
        }
        tokens -= 1;
      }
      missed = suppressed;
      suppressed = 0;
    }
    if (missed > 0) {
      to.warn(SCOPE, missed + " log lines were suppressed: more than " + rate + " per second");
    }
    return true;
  }
}
