package io.jitney.tenancy.policy;

import java.util.Objects;

/**
 * A named set of values, as defaults for the tenants whose policy names it.
 *
 * @param name as policies call it, unique among the classes of a node
 * @param values what it sets
 * @param origin where it was written
 */
public record PolicyClass(String name, PolicyValues values, PolicyOrigin origin) {

  public PolicyClass {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(origin, "origin");
  }
}
