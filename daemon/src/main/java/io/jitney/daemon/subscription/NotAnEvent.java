package io.jitney.daemon.subscription;

/** A message that its subscription can not make an event of. Stackless. */
final class NotAnEvent extends Exception {
  private static final long serialVersionUID = 1L;

  NotAnEvent(String message) {
    super(message, null, false, false);
  }
}
