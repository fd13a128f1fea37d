package io.jitney.daemon.demo;

/** A step of the demo did not go as it should; the message is for the user. */
final class DemoFailure extends Exception {
  private static final long serialVersionUID = 1L;

  DemoFailure(String message) {
    super(message);
  }
}
