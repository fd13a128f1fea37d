package io.jitney.tenancy.policy;

import io.jitney.tenancy.TenantId;
import java.util.Map;
import java.util.Objects;

/**
 * What policies see of a tenant.
 *
 * @param labels {@code metadata.labels} of its apps file, or what its sidecar was started with
 * @param own values that its own apps file sets (its quota), the most specific of all
 * @param origin where these were written
 */
public record PolicySubject(
    TenantId tenant, Map<String, String> labels, PolicyValues own, PolicyOrigin origin) {

  public PolicySubject {
    Objects.requireNonNull(tenant, "tenant");
    labels = Map.copyOf(labels);
    Objects.requireNonNull(own, "own");
    Objects.requireNonNull(origin, "origin");
  }

  /** A tenant of which nothing but the name is known. */
  public static PolicySubject of(TenantId tenant) {
    return of(tenant, Map.of());
  }

  /** A tenant without values of its own. */
  public static PolicySubject of(TenantId tenant, Map<String, String> labels) {
    return new PolicySubject(
        tenant,
        labels,
        PolicyValues.NONE,
        new PolicyOrigin(PolicyOrigin.Kind.APP, tenant.toString(), "", 0));
  }

  /** The same tenant with values of its own. */
  public PolicySubject with(PolicyValues values) {
    return new PolicySubject(tenant, labels, values, origin);
  }
}
