package io.jitney.daemon.resources;

import java.util.Map;

/**
 * A Resiliency resource as written: texts, not yet checked.
 *
 * @param timeouts {@code spec.policies.timeouts}
 * @param retries {@code spec.policies.retries}
 * @param circuitBreakers {@code spec.policies.circuitBreakers}
 * @param apps {@code spec.targets.apps}
 * @param actors {@code spec.targets.actors}
 * @param components {@code spec.targets.components}
 */
public record ResiliencyResource(
    Metadata metadata,
    Map<String, String> timeouts,
    Map<String, Retry> retries,
    Map<String, CircuitBreaker> circuitBreakers,
    Map<String, Target> apps,
    Map<String, Target> actors,
    Map<String, ComponentTarget> components)
    implements Resource {
  /** All fields as text; "" when absent. */
  public record Retry(
      String policy,
      String duration,
      String maxInterval,
      String maxRetries,
      String httpStatusCodes,
      String grpcStatusCodes) {}

  /** All fields as text; "" when absent. */
  public record CircuitBreaker(String maxRequests, String interval, String timeout, String trip) {}

  /** Names of policies, "" when absent. */
  public record Target(
      String timeout,
      String retry,
      String circuitBreaker,
      String circuitBreakerScope,
      String circuitBreakerCacheSize) {}

  /** Both directions of a component. */
  public record ComponentTarget(Target inbound, Target outbound) {}

  @Override
  public String kind() {
    return "Resiliency";
  }

  @Override
  public String logName() {
    return metadata.name();
  }
}
