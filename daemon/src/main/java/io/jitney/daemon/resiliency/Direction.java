package io.jitney.daemon.resiliency;

/** Which way a call goes between the daemon and a component. */
public enum Direction {
  /** From a component to the app. */
  INBOUND("Inbound"),
  /** To a component. */
  OUTBOUND("Outbound");

  private final String word;

  Direction(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
