package io.jitney.components.catalog;

import io.jitney.components.secretstores.SecretStore;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.state.StateStore;
import java.util.Optional;

/**
 * Component types this build knows. Look-up follows daprd: only the part of the type after the first dot ignores case;
 * versions {@code ""}, {@code v0} and {@code v1} are one for unversioned components.
 */
public final class Catalog {
  private Catalog() {}

  public static Optional<ComponentFactory<StateStore>> stateStore(String type, String version) {
    return Optional.empty();
  }

  public static Optional<ComponentFactory<SecretStore>> secretStore(String type, String version) {
    return Optional.empty();
  }
}
