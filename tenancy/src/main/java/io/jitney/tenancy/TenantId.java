package io.jitney.tenancy;

import java.util.Objects;

/**
 * The name of a tenant: an app in a namespace, as Dapr names it.
 *
 * @param namespace the app's namespace; may be empty, where there is no such thing
 * @param appId the app id, never empty
 */
public record TenantId(String namespace, String appId) {

  /** Throws {@link IllegalArgumentException} if the app id is empty. */
  public TenantId {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(appId, "appId");
    if (appId.isEmpty()) {
      throw new IllegalArgumentException("appId must not be empty");
    }
  }

  /** {@code namespace/appId}: for people, not for keys (a namespace may hold a slash). */
  @Override
  public String toString() {
    return namespace + "/" + appId;
  }
}
