package io.jitney.daemon.cli;

/** The commands of {@code jitney} and, as {@code daprd}, of the private daemon. */
public final class Commands {
  private Commands() {}

  public static int run(String[] args) {
    return 0;
  }
}
