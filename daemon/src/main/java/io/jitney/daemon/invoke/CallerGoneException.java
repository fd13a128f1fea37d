package io.jitney.daemon.invoke;

/** The caller's connection closed; nobody reads what becomes of the call. */
final class CallerGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CallerGoneException() {
    super("the caller is gone", null, false, false);
  }
}
