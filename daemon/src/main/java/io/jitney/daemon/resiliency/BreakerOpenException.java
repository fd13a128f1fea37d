package io.jitney.daemon.resiliency;

/** A circuit breaker let the call not through. Never tried again. */
public final class BreakerOpenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BreakerOpenException(String message) {
    super(message, null, false, false);
  }
}
