package io.jitney.daemon.flags;

import java.time.Duration;

/** Prints durations as Go does: {@code 0s}, {@code 1.5s}, {@code 2m0s}, {@code -250ms}. */
public final class GoDuration {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private GoDuration() {}

  public static String text(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    long rest = Math.abs(nanos);
    if (rest < MICRO) {
      return sign + rest + "ns";
    }
    if (rest < MILLI) {
      return sign + decimal(rest, MICRO) + "\u00b5s";
    }
    if (rest < SECOND) {
      return sign + decimal(rest, MILLI) + "ms";
    }
    long minutes = rest / (60 * SECOND);
    String seconds = decimal(rest % (60 * SECOND), SECOND) + "s";
    if (minutes == 0) {
      return sign + seconds;
    }
    return sign + (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long nanos, long unit) {
    long fraction = nanos % unit;
    if (fraction == 0) {
      return Long.toString(nanos / unit);
    }
    String digits = Long.toString(unit + fraction).substring(1);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return nanos / unit + "." + digits.substring(0, end);
  }
}
