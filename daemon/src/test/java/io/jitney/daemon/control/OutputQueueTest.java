package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputQueueTest {
  private static final Frame EXIT = new Frame(FrameType.EXIT, new byte[] {3});

  private final OutputQueue queue = new OutputQueue();

  @Test
  void keepsTheOrderAndEndsWithTheCode() {
    queue.log(log("a"));
    queue.log(new Frame(FrameType.STDERR, bytes("b")));
    queue.end(EXIT);
    queue.log(log("too late"));

    assertThat(queue.take()).isEqualTo(log("a"));
    assertThat(queue.take()).isEqualTo(new Frame(FrameType.STDERR, bytes("b")));
    assertThat(queue.take()).isEqualTo(EXIT);
  }

  @Test
  void dropsTheOldestLinesBeyondItsLimitAndSaysHowMany() {
    int lines = 3000;
    for (int i = 0; i < lines; i++) {
      queue.log(log(i + " " + "x".repeat(1000) + "\n"));
    }
    queue.end(EXIT);

    List<Frame> taken = drain();
    String note = new String(taken.getFirst().payload(), UTF_8);
    long kept = taken.stream().filter(frame -> frame.type() == FrameType.STDOUT).count();
    assertThat(taken.getFirst().type()).isEqualTo(FrameType.STDERR);
    assertThat(note).startsWith("jitney: " + (lines - kept) + " log lines dropped").endsWith("\n");
    assertThat(taken.stream().mapToInt(Frame::size).sum())
        .isBetween(OutputQueue.LIMIT / 2, OutputQueue.LIMIT + 200);
    assertThat(new String(taken.get(taken.size() - 2).payload(), UTF_8))
        .startsWith((lines - 1) + " ");
    assertThat(taken.getLast()).isEqualTo(EXIT);
  }

  @Test
  void countsLinesNotPieces() {
    queue.log(log("1\n2\n3\n"));
    queue.dropLogs();

    assertThat(new String(take().payload(), UTF_8)).startsWith("jitney: 3 log lines dropped");
  }

  @Test
  void manyTinyPiecesAreBoundedToo() {
    for (int i = 0; i < 100_000; i++) {
      queue.log(log("\n"));
    }
    queue.end(EXIT);

    assertThat(drain()).hasSizeLessThan(OutputQueue.LIMIT / 64 + 3);
  }

  @Test
  void neverDropsAnswers() {
    Frame answer = new Frame(FrameType.ANSWER, new byte[OutputQueue.LIMIT / 2]);
    assertThat(queue.answer(answer)).isTrue();
    for (int i = 0; i < 20; i++) {
      queue.log(log("x".repeat(100_000)));
    }
    queue.end(EXIT);

    assertThat(drain()).contains(answer, EXIT);
  }

  @Test
  void tellsWhenAnswersPileUp() {
    Frame large = new Frame(FrameType.ANSWER, new byte[2 * OutputQueue.LIMIT]);

    assertThat(queue.answer(large)).isTrue();
    assertThat(queue.answer(large)).isFalse();
  }

  @Test
  void closingReleasesTheTakingThread() throws Exception {
    Thread taker = Thread.ofVirtual().start(() -> assertThat(queue.take()).isNull());
    queue.close();

    assertThat(taker.join(Duration.ofSeconds(5))).isTrue();
    queue.log(log("ignored"));
    assertThat(queue.take()).isNull();
  }

  private List<Frame> drain() {
    List<Frame> taken = new ArrayList<>();
    do {
      taken.add(take());
    } while (taken.getLast().type() != FrameType.EXIT);
    return taken;
  }

  private Frame take() {
    return requireNonNull(queue.take());
  }

  private static Frame log(String text) {
    return new Frame(FrameType.STDOUT, bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
