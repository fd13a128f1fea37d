package io.jitney.components.spi;

import io.vertx.core.Future;

/**
 * Opens components of one type. Stateless: one factory object serves every tenant of the node.
 *
 * @param <C> the kind of component, {@link io.jitney.components.state.StateStore} for example
 */
@FunctionalInterface
public interface ComponentFactory<C extends Component> {
  /**
   * Opens and initialises one component.
   *
   * @param spec name, type, version and resolved metadata of the Component resource
   * @param opening what this opening may use; valid for the life of the component
   * @return the component, ready for calls; fails with the message daprd logs as the cause of an
   *     init failure. The caller applies the resource's {@code initTimeout} and closes a component
   *     that comes too late.
   */
  Future<C> open(ComponentSpec spec, ComponentOpening opening);
}
