package io.jitney.daemon.telemetry;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeDistributionSummary;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/**
 * Micrometer's simple registry without the gauges that it makes for each bucket of a histogram:
 * {@link PrometheusText} writes buckets of the summaries themselves, and each gauge would be a
 * series more with a name that Prometheus refuses.
 */
final class PlainRegistry extends SimpleMeterRegistry {
  @Override
  protected DistributionSummary newDistributionSummary(
      Meter.Id id, DistributionStatisticConfig config, double scale) {
    return new CumulativeDistributionSummary(
        id, clock, config.merge(DistributionStatisticConfig.DEFAULT), scale, true);
  }
}
