package io.jitney.daemon.resiliency;

/** An attempt took longer than its policy's timeout; what it brings later is discarded. */
public final class AttemptTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AttemptTimeoutException() {
    super("context deadline exceeded", null, false, false);
  }
}
