package io.jitney.tenancy.policy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values for the tenants that it selects.
 *
 * @param name for people, unique among the policies of a node
 * @param selector whom it is for
 * @param policyClass name of the {@link PolicyClass} whose values are their defaults; null: it says
 *     nothing about that
 * @param values what it sets
 * @param origin where it was written
 */
public record TenantPolicy(
    String name,
    PolicySelector selector,
    @Nullable String policyClass,
    PolicyValues values,
    PolicyOrigin origin) {

  public TenantPolicy {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(selector, "selector");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(origin, "origin");
  }
}
