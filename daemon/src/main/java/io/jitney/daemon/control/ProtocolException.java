package io.jitney.daemon.control;

import java.io.IOException;

/**
 * The other side does not speak the control protocol, or another version of it. The connection is
 * of no more use.
 */
public final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  ProtocolException(String message) {
    super(message);
  }
}
