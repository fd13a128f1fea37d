package io.jitney.daemon.instance;

/** The instance can not start; daprd would log the message at level fatal and end with the exit code. */
public final class StartupFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  public StartupFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
