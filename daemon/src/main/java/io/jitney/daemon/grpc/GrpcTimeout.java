package io.jitney.daemon.grpc;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The header {@code grpc-timeout}: how long the client waits. */
final class GrpcTimeout {
  /** For clients that wait for ever. */
  private static final long MOST_NANOS = 60_000_000_000L;

  /** For ever: 36 years. */
  private static final long EVER_NANOS = 1L << 60;

  private static final int MOST_DIGITS = 8;

  private GrpcTimeout() {}

  /**
   * The {@link System#nanoTime()} value after which nobody waits; a minute after {@code start} at
   * most, also when the header says nothing that can be read.
   */
  static long deadline(@Nullable String header, long start) {
    return start + Math.min(MOST_NANOS, nanos(header));
  }

  /** The {@link System#nanoTime()} value after which the client does not wait, as it has said. */
  static long given(@Nullable String header, long start) {
    return start + Math.min(EVER_NANOS, nanos(header));
  }

  private static long nanos(@Nullable String header) {
    int digits = header == null ? 0 : header.length() - 1;
    if (header == null || digits < 1 || digits > MOST_DIGITS) {
      return EVER_NANOS;
    }
    TimeUnit unit =
        switch (header.charAt(digits)) {
          case 'H' -> TimeUnit.HOURS;
          case 'M' -> TimeUnit.MINUTES;
          case 'S' -> TimeUnit.SECONDS;
          case 'm' -> TimeUnit.MILLISECONDS;
          case 'u' -> TimeUnit.MICROSECONDS;
          case 'n' -> TimeUnit.NANOSECONDS;
          default -> null;
        };
    long count = 0;
    for (int i = 0; i < digits; i++) {
      char digit = header.charAt(i);
      if (digit < '0' || digit > '9') {
        return EVER_NANOS;
      }
      count = count * 10 + (digit - '0');
    }
    return unit == null ? EVER_NANOS : unit.toNanos(count);
  }
}
