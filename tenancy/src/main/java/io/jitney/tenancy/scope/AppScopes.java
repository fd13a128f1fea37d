package io.jitney.tenancy.scope;

import java.util.Collection;
import java.util.Set;

/**
 * The {@code scopes} list of a resource: the apps it is for.
 *
 * @param appIds compared exactly; empty means every app
 */
public record AppScopes(Set<String> appIds) {

  /** For every app. */
  public static final AppScopes EVERY_APP = new AppScopes(Set.of());

  public AppScopes {
    appIds = Set.copyOf(appIds);
  }

  /** From the list as written, repetitions and all. */
  public static AppScopes of(Collection<String> scopes) {
    return scopes.isEmpty() ? EVERY_APP : new AppScopes(Set.copyOf(scopes));
  }

  /** Whether the resource is for this app. */
  public boolean includes(String appId) {
    return appIds.isEmpty() || appIds.contains(appId);
  }
}
