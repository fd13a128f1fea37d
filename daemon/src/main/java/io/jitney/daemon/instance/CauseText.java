package io.jitney.daemon.instance;

import java.util.concurrent.ExecutionException;

/** What a Future failed with, in words. */
final class CauseText {
  private CauseText() {}

  static Throwable cause(ExecutionException failed) {
    Throwable cause = failed.getCause();
    return cause == null ? failed : cause;
  }

  static String of(ExecutionException failed) {
    return String.valueOf(cause(failed).getMessage());
  }
}
