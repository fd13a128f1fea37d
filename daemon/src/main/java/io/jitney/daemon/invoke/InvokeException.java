package io.jitney.daemon.invoke;

/**
 * A call that can not be made or was not answered; the message is what Go's error would say,
 * without the outer form.
 */
final class InvokeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean denied;

  InvokeException(String message) {
    this(message, false);
  }

  private InvokeException(String message, boolean denied) {
    super(message, null, false, false);
    this.denied = denied;
  }

  /** An access control policy says no; the message is the status' text alone. */
  static InvokeException denied(String denial) {
    return new InvokeException(denial, true);
  }

  boolean denied() {
    return denied;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
