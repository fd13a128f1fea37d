package io.jitney.daemon.instance;

import io.jitney.daemon.resources.ComponentResource;
import java.util.List;

/**
 * {@code spec.components.deny} of the Configuration: exact texts, {@code type} or {@code
 * type/version}.
 */
final class ComponentDenyList {
  private final AppInstance instance;
  private final List<String> denied;

  ComponentDenyList(AppInstance instance) {
    this.instance = instance;
    denied = instance.configuration().deniedComponents();
  }

  /**
   * False, with a warning, for a component that is left out. Where there is a list, a version must
   * be named.
   */
  boolean allows(ComponentResource component) {
    if (denied.isEmpty()
        || !component.version().isEmpty()
            && !denied.contains(component.type())
            && !denied.contains(component.type() + "/" + component.version())) {
      return true;
    }
    instance
        .log()
        .warn(
            "dapr.runtime.authorizer",
            "component '%s' cannot be loaded because components of type '%s' are not allowed"
                .formatted(component.name(), component.logName()));
    return false;
  }
}
