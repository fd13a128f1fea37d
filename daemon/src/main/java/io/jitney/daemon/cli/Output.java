package io.jitney.daemon.cli;

/** The form of a command's output. */
enum Output {
  TABLE,
  JSON
}
