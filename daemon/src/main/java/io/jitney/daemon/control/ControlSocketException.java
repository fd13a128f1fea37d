package io.jitney.daemon.control;

import java.io.IOException;

/**
 * The control socket cannot be opened. The message is one complete line for the user: what is
 * wrong, what to do.
 */
public final class ControlSocketException extends IOException {
  private static final long serialVersionUID = 1L;

  public ControlSocketException(String message) {
    super(message);
  }
}
