package io.jitney.daemon.control;

/** {@code src/main/c/launcher.c}. */
class CLauncherIT extends LauncherCases {
  CLauncherIT() {
    super(LauncherKit.Kind.C);
  }
}
