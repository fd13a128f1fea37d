package io.jitney.daemon;

import io.jitney.daemon.cli.Commands;

/** The process: argv to exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(Commands.run(args));
  }
}
