package io.jitney.loadtest.process;

/** The test cannot go on; the message is for the user. */
public final class LoadTestFailure extends Exception {
  private static final long serialVersionUID = 1L;

  public LoadTestFailure(String message) {
    super(message);
  }
}
