package io.jitney.tenancy.scope;

import java.util.Objects;
import java.util.Set;

/**
 * Dapr's rule for the secrets of one store; names are compared exactly, there are no wildcards.
 *
 * @param storeName the secret store's component name
 * @param defaultAccess {@code deny} in any case of letters denies what no list decides; anything
 *     else allows it. As written, for {@link SecretScopes} to complain about
 * @param allowedSecrets if not empty, it alone decides, and the other two parts mean nothing
 * @param deniedSecrets what is denied if nothing is expressly allowed
 */
public record SecretScope(
    String storeName, String defaultAccess, Set<String> allowedSecrets, Set<String> deniedSecrets) {

  static final String ALLOW = "allow";
  static final String DENY = "deny";

  public SecretScope {
    Objects.requireNonNull(storeName, "storeName");
    Objects.requireNonNull(defaultAccess, "defaultAccess");
    allowedSecrets = Set.copyOf(allowedSecrets);
    deniedSecrets = Set.copyOf(deniedSecrets);
  }

  /** Whether the app may read the secret. */
  public boolean allows(String secret) {
    if (!allowedSecrets.isEmpty()) {
      return allowedSecrets.contains(secret);
    }
    return !deniedSecrets.contains(secret) && !DENY.equalsIgnoreCase(defaultAccess);
  }
}
