package io.jitney.loadtest.wire;

/** How a request ended. */
public enum Outcome {
  OK,
  /** Told to come back later: HTTP 429, gRPC RESOURCE_EXHAUSTED. */
  REFUSED,
  /** Answered, but not well. */
  FAILED,
  /** No connection, or one that was lost. */
  LOST,
  /** No answer in time. */
  LATE;

  static Outcome ofStatus(int status) {
    return status >= 200 && status < 300 ? OK : status == 429 ? REFUSED : FAILED;
  }
}
