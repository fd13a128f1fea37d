package io.jitney.daemon.channel;

/** App health checks say that the app is unhealthy: calls are not sent. */
public final class AppUnhealthyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AppUnhealthyException() {
    super("app is not in a healthy state", null, false, false);
  }
}
