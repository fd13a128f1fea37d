package io.jitney.components.spi;

import java.nio.file.Path;
import java.util.Map;

/**
 * What one opening of a component may use besides its metadata.
 *
 * @param node the node-wide pools and event loops
 * @param environment the environment of the app instance (never the daemon's own); unmodifiable
 * @param workingDirectory folder against which relative paths in metadata are resolved
 * @param log where the component writes what concerns this app
 * @param standIn opened for an app that is away, whose own opening may come at any time: does not
 *     take a name that only one can have
 */
public record ComponentOpening(
    NodeResources node,
    Map<String, String> environment,
    Path workingDirectory,
    ComponentLog log,
    boolean standIn) {
  /** For an app that is there. */
  public ComponentOpening(
      NodeResources node,
      Map<String, String> environment,
      Path workingDirectory,
      ComponentLog log) {
    this(node, environment, workingDirectory, log, false);
  }

  @Override
  public String toString() {
    return "ComponentOpening[" + workingDirectory + "]"; // the environment may hold secrets
  }
}
