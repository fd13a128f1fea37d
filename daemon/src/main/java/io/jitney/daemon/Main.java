package io.jitney.daemon;

/** The process: argv to exit code. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(io.jitney.daemon.cli.Commands.run(args));
  }
}
