package io.jitney.tenancy.policy;

import io.jitney.tenancy.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which tenants a policy is for: those that fit all of what is given. One that gives nothing is for
 * everyone.
 *
 * @param namespace exactly; null: any
 * @param appId exactly; null: any
 * @param labels each of these the tenant has to carry, with that value
 */
public record PolicySelector(
    @Nullable String namespace, @Nullable String appId, Map<String, String> labels) {

  /** Every tenant. */
  public static final PolicySelector EVERYONE = new PolicySelector(null, null, Map.of());

  /** More make no sense, and would count as much as an app id. */
  public static final int MOST_LABELS = 100;

  public PolicySelector {
    labels = Map.copyOf(labels);
    if (labels.size() > MOST_LABELS) {
      throw new IllegalArgumentException("labels must be at most " + MOST_LABELS);
    }
  }

  public boolean isEveryone() {
    return namespace == null && appId == null && labels.isEmpty();
  }

  boolean matches(TenantId tenant, Map<String, String> its) {
    return (namespace == null || namespace.equals(tenant.namespace()))
        && (appId == null || appId.equals(tenant.appId()))
        && (labels.isEmpty() || its.entrySet().containsAll(labels.entrySet()));
  }

  /**
   * The higher, the more specific: with an app id before without; then the more labels the more;
   * then with a namespace before without. 0 for everyone.
   */
  int specificity() {
    return (appId == null ? 0 : 1 << 20) + (labels.size() << 1) + (namespace == null ? 0 : 1);
  }

  /** {@code appId=checkout, namespace=shop}, or {@code everyone}. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (appId != null) {
      parts.add("appId=" + appId);
    }
    new TreeMap<>(labels).forEach((name, value) -> parts.add(name + "=" + value));
    if (namespace != null) {
      parts.add("namespace=" + namespace);
    }
    return parts.isEmpty() ? "everyone" : String.join(", ", parts);
  }
}
