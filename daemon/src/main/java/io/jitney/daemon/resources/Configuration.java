package io.jitney.daemon.resources;

import io.jitney.daemon.telemetry.Tracing;
import io.jitney.tenancy.scope.SecretScopes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dapr's Configuration resource, as far as it has an effect; what has none yet is reported once
 * when it is loaded.
 *
 * @param apiAccess {@code spec.api}
 * @param accessControl {@code spec.accessControl}; null when there is none
 * @param secretScopes {@code spec.secrets}
 * @param tracing {@code spec.tracing}
 * @param apiLogging {@code spec.logging.apiLogging}
 * @param features names of enabled features, defaults included, as the metadata API lists them
 * @param metrics {@code spec.metric} and {@code spec.metrics}
 * @param deniedComponents {@code spec.components.deny}: {@code type} or {@code type/version}, as
 *     written
 * @param nameResolution {@code spec.nameResolution}; null when there is none
 * @param httpPipeline {@code spec.httpPipeline}
 * @param appHttpPipeline {@code spec.appHttpPipeline}
 */
public record Configuration(
    ApiAccess apiAccess,
    @Nullable AccessControl accessControl,
    SecretScopes secretScopes,
    Tracing tracing,
    ApiLogging apiLogging,
    List<String> features,
    Metrics metrics,
    List<String> deniedComponents,
    @Nullable NameResolution nameResolution,
    Pipeline httpPipeline,
    Pipeline appHttpPipeline) {
  /** Whether resource folders are watched. */
  public static final String HOT_RELOAD = "HotReload";

  /** Features that are on when no Configuration says otherwise. */
  public static final List<String> DEFAULT_FEATURES =
      List.of(HOT_RELOAD, "WorkflowsRemoteActivityReminder");

  /** No {@code --config}. */
  public static final Configuration DEFAULT =
      new Configuration(
          ApiAccess.ALL,
          null,
          SecretScopes.OPEN,
          Tracing.PROPAGATE,
          ApiLogging.OFF,
          DEFAULT_FEATURES,
          Metrics.DEFAULT,
          List.of(),
          null,
          Pipeline.EMPTY,
          Pipeline.EMPTY);

  public Configuration {
    features = List.copyOf(features);
    deniedComponents = List.copyOf(deniedComponents);
  }

  /** Whether a feature is on. */
  public boolean enabled(String feature) {
    return features.contains(feature);
  }

  /**
   * Which resolver finds app ids that are not on this node.
   *
   * @param component {@code mdns} for example
   * @param version {@code v1} by default
   */
  public record NameResolution(String component, String version) {}

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
