package io.jitney.daemon.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitedOutputTest {
  private final AtomicLong clock = new AtomicLong(5);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out =
      new PrintStream(
          new LimitedOutput(new PrintStream(written, true, UTF_8), 3, clock::get), true, UTF_8);

  @Test
  void linesBeyondTheLimitAreCountedAndToldOnce() {
    for (int i = 0; i < 10; i++) {
      out.println("line " + i);
    }
    assertThat(written.toString(UTF_8)).isEqualToNormalizingNewlines("line 0\nline 1\nline 2\n");

    clock.addAndGet(1_000_000_000);
    out.println("later");
    clock.addAndGet(1_000_000_000);
    out.println("much later");

    assertThat(written.toString(UTF_8))
        .isEqualToNormalizingNewlines(
            "line 0\nline 1\nline 2\n"
                + "jitney: 7 lines were left out here: more than 3 per second\n"
                + "later\nmuch later\n");
  }

  @Test
  void aStackTraceIsCutOff() {
    new IllegalStateException("of a hostile client").printStackTrace(out);

    assertThat(written.toString(UTF_8).lines()).hasSize(3);
  }
}
