package io.jitney.daemon.flags;

import java.util.ArrayList;
import java.util.List;

/**
 * Flags of daprd whose feature is not there: taken, so that existing command lines work, and named
 * in the log.
 */
final class FlagsWithoutEffect {
  private FlagsWithoutEffect() {}

  /** One line for each such flag that was given another value than its default. */
  static List<String> of(ParsedFlags flags) {
    List<String> lines = new ArrayList<>();
    for (Flag flag : FlagTable.FLAGS) {
      String missing = missing(flag.name());
      if (!missing.isEmpty() && flags.changed(flag.name())) {
        lines.add("The flag --" + flag.name() + " has no effect: " + missing);
      }
    }
    return lines;
  }

  /** What the flag would need, "" for a flag that works. */
  private static String missing(String flag) {
    return switch (flag) {
      case "mode" -> "resources are read from files, as in mode standalone";
      case "control-plane-address",
          "control-plane-namespace",
          "control-plane-trust-domain",
          "disable-builtin-k8s-secret-store" ->
          "this daemon uses no Dapr control plane";
      case "enable-mtls", "sentry-address", "sentry-request-jwt-audiences" ->
          "this daemon asks for no certificates";
      case "placement-host-address", "actors-disseminate-timeout" -> "this daemon hosts no actors";
      case "scheduler-host-address", "scheduler-job-streams" -> "this daemon runs no jobs";
      case "enable-profiling", "profile-port" -> "profiles are taken with the JDK's tools";
      default -> "";
    };
  }
}
