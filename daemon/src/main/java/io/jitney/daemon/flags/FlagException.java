package io.jitney.daemon.flags;

/**
 * Arguments that are no command line of daprd's: an unknown flag, a value of the wrong kind, a
 * missing one.
 */
public final class FlagException extends Exception {
  private static final long serialVersionUID = 1L;

  FlagException(String message) {
    super(message, null, false, false);
  }
}
