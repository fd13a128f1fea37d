package io.jitney.daemon.cli;

import java.util.Locale;

/**
 * The flags of {@code jitney daemon}: {@code --name VALUE} or {@code --name=VALUE}; each has a
 * variable of the environment that counts when the flag is not given.
 */
enum DaemonFlag {
  HTTP_PORT(
      "PORT|off",
      "3500",
      "HTTP API that all apps share. 0 picks a free port and prints it; off: no such listener."),
  HTTP_ADDRESS("HOST[,HOST]", "127.0.0.1", "Hosts of that listener; 0.0.0.0 is every interface."),
  GRPC_PORT("PORT|off", "50001", "gRPC API that all apps share; 0 and off as above."),
  GRPC_ADDRESS("HOST[,HOST]", "127.0.0.1", "Hosts of that listener."),
  ADMIN_PORT(
      "PORT|off",
      "3509",
      "Health and metrics of the daemon itself: /healthz, /readyz, /metrics, on a thread of its own."),
  ADMIN_ADDRESS("HOST", "127.0.0.1", "Host of the admin port."),
  APPS(
      "PATH",
      "",
      "File or folder of App resources (jitney.io/v1alpha1): apps without a launcher. Read again when it changes."),
  POLICIES(
      "PATH",
      "",
      "File or folder of TenantPolicy resources (jitney.io/v1alpha1): what each app may use. Read again when it changes."),
  RESOURCES_PATH(
      "FOLDER", "", "Component and other resources for apps that name no resourcesPaths."),
  DEFAULT_RATE(
      "CALLS",
      "0",
      "Calls per second that each app may make unless a policy or its App resource says otherwise. 0: no limit."),
  DEFAULT_BURST(
      "CALLS",
      "0",
      "Calls that may come at once after a quiet time; needs a rate. 0: one second's worth."),
  DEFAULT_IN_FLIGHT(
      "CALLS",
      "1024",
      "Calls, open streams included, that each app may have under way, virtual sidecars too, unless a policy or its App"
          + " resource says otherwise (inFlight.total). A private daemon has no such limit. 0: no limit."),
  MEMORY_BUDGET(
      "SIZE",
      "0",
      "Bytes that the calls of all apps may hold together (64Mi, 1Gi, ...). 0: two fifths of the greatest heap."),
  EVENT_LOOPS("N", "0", "Threads that serve all connections. 0: one for each core."),
  ISOLATION(
      "on|off",
      "on",
      "Whether apps are kept from each other's way where something is contended. off: first come,"
          + " first served, and no processor time per app; quotas still hold."),
  READ_BUFFER_SIZE(
      "SIZE",
      "4Ki",
      "Limit of a request's headers on the shared HTTP API, as daprd's flag (4Ki, 64Ki, ...).");

  private final String value;
  private final String byDefault;
  private final String help;

  DaemonFlag(String value, String byDefault, String help) {
    this.value = value;
    this.byDefault = byDefault;
    this.help = help;
  }

  /** {@code --http-port}. */
  String flag() {
    return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code JITNEY_HTTP_PORT}. */
  String variable() {
    return "JITNEY_" + name();
  }

  /** What stands for the value in the help. */
  String value() {
    return value;
  }

  String byDefault() {
    return byDefault;
  }

  /** One or two sentences. */
  String help() {
    return help;
  }
}
