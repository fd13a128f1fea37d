package io.jitney.daemon.cli;

/**
 * A command cannot do what it was asked; the message is a line for the user: what is wrong, what to
 * do.
 */
public final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandFailure(String message) {
    super(message);
  }
}
