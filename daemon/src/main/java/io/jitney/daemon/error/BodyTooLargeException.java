package io.jitney.daemon.error;

/**
 * A request body went over {@code --max-body-size}; each API wraps the text in its own error code,
 * never a 413.
 */
public final class BodyTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BodyTooLargeException() {
    super("stream too large", null, false, false);
  }
}
