package io.jitney.daemon.sidecar;

import io.jitney.daemon.metadata.MetadataApi;

/** What {@code --build-info} prints. */
final class BuildInfo {
  /** Stands where daprd prints its commit, so that a log tells which of the two it is. */
  static final String COMMIT = "jitney-" + version();

  private BuildInfo() {}

  static String text() {
    return "Version: "
        + MetadataApi.RUNTIME_VERSION
        + "\nGit Commit: "
        + COMMIT
        + "\nGit Version: "
        + COMMIT
        + "\n";
  }

  private static String version() {
    String built = BuildInfo.class.getPackage().getImplementationVersion();
    return built == null ? "unpackaged" : built;
  }
}
