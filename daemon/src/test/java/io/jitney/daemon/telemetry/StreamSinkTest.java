package io.jitney.daemon.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StreamSinkTest {
  @Test
  void writesInOrderAndIsFlushedByItsClose() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StreamSink sink = new StreamSink(out);
    for (int i = 0; i < 1000; i++) {
      sink.write((i + "\n").getBytes(UTF_8));
    }
    sink.close();
    sink.write("late\n".getBytes(UTF_8));
    String[] lines = out.toString(UTF_8).split("\n");
    assertThat(lines).hasSize(1000);
    assertThat(lines[999]).isEqualTo("999");
  }

  @Test
  void outputThatIsStuckHoldsUpNobodyAndLosesCountedLines() {
    CountDownLatch stuck = new CountDownLatch(1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StreamSink sink = new StreamSink(new Slow(stuck, out));
    byte[] line = "x".repeat(1023).concat("\n").getBytes(UTF_8);
    for (int i = 0; i < 3000; i++) {
      sink.write(line);
    }
    stuck.countDown();
    sink.close();
    assertThat(out.size()).isLessThan(1100 * 1024);
    assertThat(out.toString(UTF_8)).containsPattern("jitney: 19\\d\\d log lines dropped");
  }

  @Test
  void failingOutputIsNoReasonToFail() {
    StreamSink sink =
        new StreamSink(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("disk full");
              }
            });
    sink.write("a\n".getBytes(UTF_8));
    sink.close();
    sink.close();
  }

  /** Writes nothing before the latch opens. */
  private static final class Slow extends OutputStream {
    private final CountDownLatch open;
    private final OutputStream out;

    Slow(CountDownLatch open, OutputStream out) {
      this.open = open;
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        open.await();
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
      out.write(bytes, from, length);
    }
  }
}
