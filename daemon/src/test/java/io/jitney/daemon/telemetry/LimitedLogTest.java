package io.jitney.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LimitedLogTest {
  private final List<String> lines = new ArrayList<>();
  private final InstanceLog sink =
      new InstanceLog() {
        @Override
        public void log(Level level, String scope, String message) {
          lines.add(message);
        }

        @Override
        public void log(Level level, String scope, String message, Map<String, ?> fields) {
          lines.add(message);
        }

        @Override
        public boolean enabled(Level level) {
          return level != InstanceLog.Level.DEBUG;
        }

        @Override
        public boolean enabled(Level level, String scope) {
          return enabled(level) || scope.endsWith("-info");
        }
      };
  private long now;
  private double rate = 2;
  private final LimitedLog log = new LimitedLog(sink, () -> rate, () -> now);

  @Test
  void tenSecondsWorthComeAtOnceAndTheRestIsCountedAndTold() {
    for (int i = 0; i < 1_000; i++) {
      log.info("s", "line " + i);
    }
    assertThat(lines).hasSize(20);
    now += TimeUnit.SECONDS.toNanos(1);

    log.info("s", "later");
    log.info("s", "even later");
    log.info("s", "too much");

    assertThat(lines.subList(20, lines.size()))
        .containsExactly(
            "980 log lines were suppressed: more than 2.0 per second", "later", "even later");
  }

  @Test
  void whatTheSinkTakesWhateverItsLevelPasses() {
    log.debug("s", "unheard");
    log.debug("s-info", "an API line");

    assertThat(lines).containsExactly("an API line");
  }

  @Test
  void oneTenantsFloodLeavesAnotherTenantsLinesAlone() {
    LimitedLog other = new LimitedLog(sink, () -> rate, () -> now);
    for (int i = 0; i < 1_000; i++) {
      log.info("s", "flood " + i);
    }
    other.info("s", "still here");

    assertThat(lines).hasSize(21).endsWith("still here");
  }

  @Test
  void lastWordsAlwaysPassAndLevelsThatAreOffCostNothing() {
    for (int i = 0; i < 1_000; i++) {
      log.debug("s", "unheard");
      log.info("s", "line");
    }
    log.log(InstanceLog.Level.FATAL, "s", "the end");

    assertThat(lines)
        .hasSize(22)
        .endsWith("980 log lines were suppressed: more than 2.0 per second", "the end");
  }

  @Test
  void aLiftedLimitCountsFromTheNextLine() {
    rate = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 1_000; i++) {
      log.info("s", "line");
    }
    assertThat(lines).hasSize(1_000);
  }
}
