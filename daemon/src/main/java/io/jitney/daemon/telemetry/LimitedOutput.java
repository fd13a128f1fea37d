package io.jitney.daemon.telemetry;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What libraries say on the error output, with a limit of lines per second: some of them have a
 * stack trace for every frame that a hostile client sends, written where the loop stands. How many
 * lines were left out is told in one. Any thread.
 */
public final class LimitedOutput extends OutputStream {
  private static final int LINES_PER_SECOND = 100;

  private final PrintStream to;
  private final int linesPerSecond;
  private final LongSupplier clock;

  // Guarded by this.
  private long since;
  private int left;
  private long missed;

  LimitedOutput(PrintStream to, int linesPerSecond, LongSupplier clock) {
    this.to = to;
    this.linesPerSecond = linesPerSecond;
    this.clock = clock;
    this.since = clock.getAsLong();
    this.left = linesPerSecond;
  }

  /** From now on {@link System#err} has the limit. */
  public static void limitErrors() {
    OutputStream limited = new LimitedOutput(System.err, LINES_PER_SECOND, System::nanoTime);
    System.setErr(new PrintStream(limited, true));
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) {
    refill();
    int lines = 0;
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\n') {
        lines++;
      }
    }
    if (left <= 0) {
      missed += lines;
      return;
    }
    left -= lines;
    to.write(bytes, from, length);
  }

  private void refill() {
    long now = clock.getAsLong();
    if (now - since < TimeUnit.SECONDS.toNanos(1)) {
      return;
    }
    since = now;
    left = linesPerSecond;
    if (missed > 0) {
      to.println(
          "jitney: "
              + missed
              + " lines were left out here: more than "
              + linesPerSecond
              + " per second");
      missed = 0;
    }
  }

  @Override
  public void flush() {
    to.flush();
  }
}
