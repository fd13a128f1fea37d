package io.jitney.loadtest.process;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is started.
 *
 * @param jitney {@code bin/jitney}
 * @param daprd {@code bin/daprd} beside it
 * @param dist what the build of the daemon leaves
 * @param kafka address of a Kafka that is there; empty: one is started where it is needed
 * @param peer the daprd that {@code --peer} names
 */
public record Programs(Path jitney, Path daprd, Path dist, String kafka, @Nullable Path peer) {

  /** The project's own daemon, found from where this program is, and the given peer. */
  public static Programs find(String kafka, @Nullable Path peer) throws LoadTestFailure {
    Path home = home();
    Path project = home.resolveSibling("daemon");
    Path bin = project.resolve("bin");
    Path daprd = peer;
    if (peer != null && !Files.isExecutable(peer)) {
      throw new LoadTestFailure("--peer: " + peer + " is no program that can be run");
    }
    if (daprd != null) {
      daprd = daprd.toAbsolutePath().normalize();
    }
    return new Programs(
        bin.resolve("jitney"), bin.resolve("daprd"), project.resolve("target/dist"), kafka, daprd);
  }

  /** The folder {@code loadtest/} of the project. */
  public static Path home() {
    String home = System.getProperty("jitney.loadtest.home", ".");
    return Path.of(home).toAbsolutePath().normalize();
  }

  /** Whether the daemon is built. */
  public boolean isBuilt() {
    return Files.exists(dist.resolve("classpath"));
  }
}
