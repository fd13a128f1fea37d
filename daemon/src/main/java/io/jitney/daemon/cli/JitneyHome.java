package io.jitney.daemon.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that this program was started from, told by its start script. */
public final class JitneyHome {
  private JitneyHome() {}

  /** A file under it that must be there, {@code bin/daprd} for example. */
  public static Path file(String name) throws CommandFailure {
    String home = System.getProperty("jitney.home");
    if (home == null) {
      throw new CommandFailure(
          "this command is to be started by bin/jitney, which tells where " + name + " is");
    }
    Path file = Path.of(home).resolve(name).normalize();
    if (!Files.exists(file)) {
      throw new CommandFailure("there is no " + file + ": the installation is incomplete");
    }
    return file.toAbsolutePath();
  }
}
