package io.jitney.daemon.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogRingTest {
  private final LogRing ring = new LogRing();

  private void add(String line) {
    ring.add(line.getBytes(UTF_8));
  }

  private static List<String> texts(List<byte[]> lines) {
    return lines.stream().map(line -> new String(line, UTF_8)).toList();
  }

  @Test
  void theNewestLinesStayWithinTheBound() {
    for (int i = 0; i < 1000; i++) {
      add("x".repeat(999) + i + "\n");
    }

    List<String> kept = texts(ring.last(10_000));

    assertThat(kept.stream().mapToInt(String::length).sum()).isLessThanOrEqualTo(LogRing.MAX_BYTES);
    assertThat(kept).hasSizeGreaterThan(60);
    assertThat(kept.getLast()).endsWith("x999\n");
    assertThat(texts(ring.last(2))).hasSize(2);
    assertThat(ring.last(0)).isEmpty();
  }

  @Test
  void aLineLongerThanTheRingIsKeptAlone() {
    add("before");
    add("y".repeat(LogRing.MAX_BYTES * 2));

    assertThat(ring.last(5)).hasSize(1);
  }

  @Test
  void aFollowerMissesNothingAndHearsOfTheEnd() {
    List<String> seen = new ArrayList<>();
    add("one");
    add("two");
    Runnable end = ring.follow(1, line -> seen.add(new String(line, UTF_8)), () -> seen.add("end"));
    add("three");
    end.run();
    add("four");
    ring.follow(0, line -> seen.add(new String(line, UTF_8)), () -> seen.add("ended"));
    ring.close();
    ring.follow(1, line -> seen.add(new String(line, UTF_8)), () -> seen.add("was over"));

    assertThat(seen).containsExactly("two", "three", "ended", "four", "was over");
  }
}
