package io.jitney.daemon.sidecar;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;

/** The surroundings of a sidecar. Called on the sidecar's threads; must be quick. */
public interface SidecarHost {
  /** Takes what the arguments ask for, and does not look. */
  SidecarHost NONE = new SidecarHost() {};

  /** What to run with instead of what the arguments ask for. */
  default InstanceSettings settings(InstanceSettings asked) {
    return asked;
  }

  /** The instance is being opened; once more for each reload. */
  default void opening(AppInstance instance) {}

  /** It serves calls. */
  default void running(AppInstance instance) {}
}
