package io.jitney.daemon.channel;

/** The app has no place for the call: {@code app-max-concurrency}. */
public final class AppBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AppBusyException(String message) {
    super(message, null, false, false);
  }
}
