package io.jitney.daemon.flags;

import static io.jitney.daemon.flags.Flag.Kind.COUNT;
import static io.jitney.daemon.flags.Flag.Kind.DURATION;
import static io.jitney.daemon.flags.Flag.Kind.LIST;
import static io.jitney.daemon.flags.Flag.Kind.NUMBER;
import static io.jitney.daemon.flags.Flag.Kind.TEXT;
import static io.jitney.daemon.flags.Flag.Kind.TRUTH;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every flag of daprd 1.18 with its kind and default, in the order of {@code --help}. */
final class FlagTable {
  static final List<Flag> FLAGS =
      List.of(
          Flag.of(
              "actors-disseminate-timeout",
              DURATION,
              "30s",
              "How long a round of actor placement may take"),
          Flag.of("actors-service", TEXT, "", "Actors service as type:address")
              .deprecated("flag no longer has any effect")
              .hide(),
          Flag.of(
              "allowed-origins",
              TEXT,
              "",
              "Origins that CORS allows: * or a comma-separated list; none: no CORS"),
          Flag.of(
              "app-binding-options-timeout",
              DURATION,
              "3s",
              "How long the app may take to tell its input bindings"),
          Flag.of("app-channel-address", TEXT, "127.0.0.1", "Host of the app"),
          Flag.of(
              "app-health-check-path", TEXT, "/healthz", "Path of the health check of an HTTP app"),
          Flag.of(
              "app-health-probe-interval", NUMBER, "5", "Seconds between health checks of the app"),
          Flag.of(
              "app-health-probe-timeout",
              NUMBER,
              "500",
              "Milliseconds that a health check may take"),
          Flag.of(
              "app-health-threshold",
              NUMBER,
              "3",
              "Failed checks in a row that make the app unhealthy"),
          Flag.of("app-id", TEXT, "", "Id of the app: its name for other apps and in state keys"),
          Flag.of(
              "app-max-concurrency", NUMBER, "-1", "Calls to the app at once; -1 is without limit"),
          Flag.of("app-port", TEXT, "", "Port that the app listens on"),
          Flag.of(
              "app-protocol",
              TEXT,
              "http",
              "How the app is called: http, https, h2c, grpc or grpcs"),
          Flag.of("app-ssl", TRUTH, "false", "Calls the app over TLS")
              .deprecated("use '--app-protocol https|grpcs'"),
          Flag.of("build-info", TRUTH, "false", "Prints the version and where it was built from"),
          Flag.of("components-path", TEXT, "", "Another name for --resources-path")
              .deprecated("use --resources-path"),
          Flag.of("config", LIST, "", "Configuration file, or name of a Configuration; repeatable"),
          Flag.of("control-plane-address", TEXT, "", "Address of the Dapr control plane"),
          Flag.of(
              "control-plane-namespace", TEXT, "default", "Namespace of the Dapr control plane"),
          Flag.of(
              "control-plane-trust-domain",
              TEXT,
              "localhost",
              "Trust domain of the Dapr control plane"),
          Flag.of(
              "dapr-block-shutdown-duration",
              DURATION,
              "0s",
              "How long to go on serving after a signal to stop, unless the app becomes unhealthy"),
          Flag.of(
              "dapr-graceful-shutdown-seconds",
              NUMBER,
              "5",
              "Seconds that a graceful stop may take"),
          Flag.of("dapr-grpc-port", TEXT, "50001", "Port of the gRPC API"),
          Flag.of("dapr-http-max-request-size", NUMBER, "4", "Largest request body in MB")
              .deprecated("use '--max-body-size 4Mi'"),
          Flag.of("dapr-http-port", TEXT, "3500", "Port of the HTTP API"),
          Flag.of("dapr-http-read-buffer-size", NUMBER, "4", "Largest request header in KB")
              .deprecated("use '--read-buffer-size 4Ki'"),
          Flag.of(
              "dapr-internal-grpc-listen-address",
              TEXT,
              "",
              "Address that the internal gRPC API listens on"),
          Flag.of("dapr-internal-grpc-port", TEXT, "", "Port of the internal gRPC API"),
          Flag.of(
              "dapr-listen-addresses",
              TEXT,
              "",
              "Addresses that the APIs listen on, comma-separated; none: all"),
          Flag.of(
              "dapr-public-listen-address", TEXT, "", "Address that the public port listens on"),
          Flag.of("dapr-public-port", TEXT, "", "Port for health and metadata alone"),
          Flag.of(
              "disable-builtin-k8s-secret-store",
              TRUTH,
              "false",
              "Leaves the secret store kubernetes out"),
          Flag.of(
              "disable-init-endpoints",
              LIST,
              "",
              "What not to ask the app at start: config, subscribe"),
          Flag.of("enable-api-logging", TRUTH, "false", "Logs every API call"),
          Flag.of("enable-app-health-check", TRUTH, "false", "Checks the app's health"),
          Flag.of("enable-metrics", TRUTH, "true", "Serves metrics"),
          Flag.of("enable-mtls", TRUTH, "false", "Speaks mTLS with other sidecars"),
          Flag.of("enable-profiling", TRUTH, "false", "Serves profiles"),
          Flag.of(
              "hot-reload-reconcile-interval",
              DURATION,
              "0s",
              "How often all resources are compared; 0 is 60s"),
          Flag.of("log-as-json", TRUTH, "false", "Prints the log as JSON"),
          Flag.of("log-file", TEXT, "", "File that gets the log"),
          Flag.of("log-level", TEXT, "info", "debug, info, warn, error or fatal"),
          Flag.of("max-body-size", TEXT, "4Mi", "Largest request body of the HTTP and gRPC APIs"),
          Flag.of(
              "metrics-listen-address",
              TEXT,
              "0.0.0.0",
              "Address that the metrics port listens on"),
          Flag.of("metrics-port", TEXT, "9090", "Port of the metrics"),
          Flag.of("mode", TEXT, "standalone", "standalone or kubernetes"),
          Flag.of("placement-host-address", TEXT, "", "Addresses of Dapr's placement service"),
          Flag.of("profile-port", TEXT, "7777", "Port of the profiles"),
          Flag.of("read-buffer-size", TEXT, "4Ki", "Largest request header"),
          Flag.of("reminders-service", TEXT, "", "Reminders service as type:address")
              .deprecated("flag no longer has any effect")
              .hide(),
          Flag.of(
              "resources-path",
              LIST,
              "",
              "Folder of resources; repeatable. Without it none are loaded"),
          Flag.of("scheduler-host-address", LIST, "", "Addresses of Dapr's scheduler service"),
          Flag.of("scheduler-job-streams", COUNT, "3", "Streams to the scheduler service"),
          Flag.of("sentry-address", TEXT, "", "Address of the certificate authority Sentry"),
          Flag.of("sentry-request-jwt-audiences", LIST, "", "Audiences of the JWT asked of Sentry"),
          Flag.of(
              "unix-domain-socket",
              TEXT,
              "",
              "Folder of Unix sockets that take the place of the API ports"),
          Flag.of("version", TRUTH, "false", "Prints the version"),
          Flag.of(
              "wait",
              TRUTH,
              "false",
              "Waits until a sidecar on the HTTP port is ready for outbound calls"));

  private static final Map<String, Flag> BY_NAME = HashMap.newHashMap(FLAGS.size());

  static {
    for (Flag flag : FLAGS) {
      BY_NAME.put(flag.name(), flag);
    }
  }

  private FlagTable() {}

  static @Nullable Flag find(String name) {
    return BY_NAME.get(name);
  }
}
