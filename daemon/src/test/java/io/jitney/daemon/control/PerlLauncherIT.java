package io.jitney.daemon.control;

/** {@code src/main/perl/daprd.pl}. */
class PerlLauncherIT extends LauncherCases {
  PerlLauncherIT() {
    super(LauncherKit.Kind.PERL);
  }
}
