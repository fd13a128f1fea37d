package io.jitney.loadtest.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.IntCountsHistogram;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void textAndBackIsTheSame() {
    IntCountsHistogram recorded = Latencies.forInterval();
    for (int i = 1; i <= 10_000; i++) {
      recorded.recordValue(i * 37L);
    }

    Histogram merged = Latencies.empty();
    Latencies.add(merged, Latencies.text(recorded));

    assertThat(merged.getTotalCount()).isEqualTo(10_000);
    for (double p : new double[] {50, 99, 99.9, 100}) {
      assertThat(merged.getValueAtPercentile(p)).isEqualTo(recorded.getValueAtPercentile(p));
    }
  }

  /** Percentiles do not add up; histograms do. */
  @Test
  void mergingIsAsIfAllWereRecordedInOne() {
    IntCountsHistogram quick = Latencies.forInterval();
    IntCountsHistogram slow = Latencies.forInterval();
    Histogram both = Latencies.empty();
    for (int i = 0; i < 9_900; i++) {
      quick.recordValue(500);
      both.recordValue(500);
    }
    for (int i = 0; i < 100; i++) {
      slow.recordValue(80_000);
      both.recordValue(80_000);
    }

    Histogram merged = Latencies.empty();
    Latencies.add(merged, Latencies.text(quick));
    Latencies.add(merged, Latencies.text(slow));
    Latencies.add(merged, "");

    assertThat(merged).isEqualTo(both);
    assertThat(merged.getValueAtPercentile(98.9)).isEqualTo(500);
    assertThat(merged.getValueAtPercentile(99.9)).isBetween(79_900L, 80_100L);
  }

  @Test
  void nanosecondsAreRoundedAndBounded() {
    assertThat(Latencies.micros(1_499)).isEqualTo(1);
    assertThat(Latencies.micros(1_500)).isEqualTo(2);
    assertThat(Latencies.micros(-5)).isEqualTo(1);
    assertThat(Latencies.micros(Long.MAX_VALUE / 2)).isEqualTo(Latencies.MOST_MICROS);
  }
}
