package io.jitney.daemon.resources;

import io.jitney.daemon.telemetry.Tracing;
import java.util.List;

/**
 * Dapr's Configuration resource, as far as it has an effect; what has none yet is reported once when it is loaded.
 *
 * @param apiAccess {@code spec.api}
 * @param tracing {@code spec.tracing}
 * @param apiLogging {@code spec.logging.apiLogging}
 * @param features names of enabled features, defaults included, as the metadata API lists them
 * @param metrics {@code spec.metric} and {@code spec.metrics}
 */
public record Configuration(
    ApiAccess apiAccess, Tracing tracing, ApiLogging apiLogging, List<String> features, Metrics metrics) {
  /** Features that are on when no Configuration says otherwise. */
  public static final List<String> DEFAULT_FEATURES =
      List.of("HotReload", "WorkflowsRemoteActivityReminder");

  /** No {@code --config}. */
  public static final Configuration DEFAULT =
      new Configuration(
          ApiAccess.ALL, Tracing.PROPAGATE, ApiLogging.OFF, DEFAULT_FEATURES, Metrics.DEFAULT);

  /** {@code spec.logging.apiLogging}. */
  public record ApiLogging(boolean enabled, boolean obfuscateUrls, boolean omitHealthChecks) {
    public static final ApiLogging OFF = new ApiLogging(false, false, false);
  }

  /**
   * {@code spec.metrics}.
   *
   * @param enabled false: nothing is recorded, the page stays
   * @param recordErrorCodes whether {@code dapr_error_code_total} counts
   * @param increasedCardinality whether the path label of HTTP metrics is the URL
   * @param excludeVerbs whether the method label is empty
   * @param pathMatching Go ServeMux patterns
   * @param latencyBuckets in milliseconds; empty: daprd's
   */
  public record Metrics(
      boolean enabled,
      boolean recordErrorCodes,
      boolean increasedCardinality,
      boolean excludeVerbs,
      List<String> pathMatching,
      List<Integer> latencyBuckets) {
    public static final Metrics DEFAULT =
        new Metrics(true, false, true, false, List.of(), List.of());
  }
}
