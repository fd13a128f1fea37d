package io.jitney.daemon.instance;

/**
 * The instance cannot start, or not go on: daprd would log one line at level fatal and end with the
 * exit code. Only this instance ends.
 */
public final class StartupFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final boolean ofRuntime;

  /**
   * @param message daprd's error without {@code Fatal error from runtime: }, which the log line
   *     begins with; free of secrets
   */
  public StartupFailure(int exitCode, String message) {
    this(exitCode, message, true);
  }

  private StartupFailure(int exitCode, String message, boolean ofRuntime) {
    super(message);
    this.exitCode = exitCode;
    this.ofRuntime = ofRuntime;
  }

  /**
   * A failure outside of the runtime proper, in flags for example: the line is the message alone.
   * Exit code 1.
   */
  public static StartupFailure plain(String message) {
    return new StartupFailure(1, message, false);
  }

  public int exitCode() {
    return exitCode;
  }

  /** The fatal log line's message. */
  public String line() {
    return ofRuntime ? "Fatal error from runtime: " + getMessage() : String.valueOf(getMessage());
  }
}
