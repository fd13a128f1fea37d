package io.jitney.tenancy;

import java.util.Objects;

/**
 * The name of one running copy of an app.
 *
 * @param tenant whose instance it is
 * @param number unique among all instances that a registry ever opened, from 1; never used again
 */
public record InstanceId(TenantId tenant, long number) {

  public InstanceId {
    Objects.requireNonNull(tenant, "tenant");
  }

  /** {@code namespace/appId#number}. */
  @Override
  public String toString() {
    return tenant + "#" + number;
  }
}
