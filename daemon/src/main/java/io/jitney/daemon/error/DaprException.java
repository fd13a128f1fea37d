package io.jitney.daemon.error;

/** Carries a {@link DaprError} through a Future. Stackless: an answer, not an accident. */
public final class DaprException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient DaprError error;

  public DaprException(DaprError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public DaprError error() {
    return error;
  }
}
