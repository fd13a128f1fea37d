package io.jitney.tenancy.scope;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The secret scopes of one app, from its Configuration. A store without a scope is open. Scopes do
 * not apply to {@code secretKeyRef}: that is the daemon reading, not the app.
 */
public final class SecretScopes {

  /** Every secret of every store. */
  public static final SecretScopes OPEN = new SecretScopes(Map.of());

  private final Map<String, SecretScope> byStore;

  private SecretScopes(Map<String, SecretScope> byStore) {
    this.byStore = Map.copyOf(byStore);
  }

  /**
   * Throws {@link IllegalArgumentException} with the first of the {@link #problems}, which is what
   * daprd says before it gives up on the Configuration.
   */
  public static SecretScopes of(Collection<SecretScope> scopes) {
    List<String> problems = problems(scopes);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems.getFirst());
    }
    Map<String, SecretScope> byStore = new HashMap<>();
    scopes.forEach(scope -> byStore.put(scope.storeName(), scope));
    return new SecretScopes(byStore);
  }

  /** What is wrong with a list of scopes, in daprd's words and order; empty if nothing is. */
  public static List<String> problems(Collection<SecretScope> scopes) {
    List<String> problems = new ArrayList<>();
    Set<String> stores = new HashSet<>();
    for (SecretScope scope : scopes) {
      if (!stores.add(scope.storeName())) {
        problems.add(scope.storeName() + " storeName is repeated in secrets configuration");
      }
      String access = scope.defaultAccess();
      if (!access.isEmpty()
          && !access.equalsIgnoreCase(SecretScope.ALLOW)
          && !access.equalsIgnoreCase(SecretScope.DENY)) {
        problems.add("defaultAccess " + access + " can be either allow or deny");
      }
    }
    return problems;
  }

  /** Whether the app may read {@code secret} from {@code store}. */
  public boolean allows(String store, String secret) {
    SecretScope scope = byStore.get(store);
    return scope == null || scope.allows(secret);
  }

  @Override
  public String toString() {
    return "SecretScopes" + byStore.values();
  }
}
