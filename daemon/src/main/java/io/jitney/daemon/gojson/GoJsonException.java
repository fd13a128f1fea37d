package io.jitney.daemon.gojson;

/** A body that Go would not decode; the message is Go's. */
public final class GoJsonException extends Exception {
  private static final long serialVersionUID = 1L;

  GoJsonException(String message) {
    super(message, null, false, false);
  }
}
