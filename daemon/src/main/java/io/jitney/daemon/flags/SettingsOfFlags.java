package io.jitney.daemon.flags;

import io.jitney.components.spi.GoText;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.jitney.daemon.instance.InstanceSettings.AppProtocol;
import io.jitney.daemon.instance.InstanceSettings.Listen;
import io.jitney.daemon.instance.InstanceSettings.LogSettings;
import io.jitney.daemon.instance.InstanceSettings.ResourceSettings;
import io.jitney.daemon.instance.StartupFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns a command line that parsed into what an instance runs with, checked in daprd's order and
 * refused with its texts. The environment and the folder are the launcher's.
 */
public final class SettingsOfFlags {
  private static final String DEFAULT_MAX_BODY = "4Mi";
  private static final long DEFAULT_BINDING_OPTIONS_MILLIS = 3_000;
  private static final String DEFAULT_READ_BUFFER = "4Ki";
  private static final String NOWHERE = "could not listen on any endpoint";
  private static final int DEFAULT_GRACE_SECONDS = 5;

  private final ParsedFlags flags;
  private final Map<String, String> environment;
  private final Path folder;

  /**
   * @param environment the launcher's
   * @param folder the launcher's working directory, absolute
   */
  public SettingsOfFlags(ParsedFlags flags, Map<String, String> environment, Path folder) {
    this.flags = flags;
    this.environment = environment;
    this.folder = folder;
  }

  /**
   * What daprd checks before it sets its log up: the failure's line goes to a log without app id.
   */
  public void checkParsed() throws StartupFailure {
    try {
      bodySize();
      readBufferSize();
    } catch (FlagException wrong) {
      throw StartupFailure.plain("Failed to parse flags: " + wrong.getMessage());
    }
    if (!flags.duration("actors-disseminate-timeout").isPositive()) {
      throw StartupFailure.plain(
          "Failed to parse flags: invalid value for 'actors-disseminate-timeout' option: must be"
              + " positive, got "
              + GoDuration.text(flags.duration("actors-disseminate-timeout")));
    }
  }

  /** How to log; an unknown level, which {@link #checkLog} refuses, counts as info here. */
  public LogSettings logSettings() {
    String level = flags.text("log-level").toLowerCase(Locale.ROOT);
    String file = flags.text("log-file");
    return new LogSettings(
        knownLevel(level) ? level : "info",
        flags.truth("log-as-json"),
        file.isEmpty() ? null : folder.resolve(file));
  }

  /** Refuses an unknown level. */
  public void checkLog() throws StartupFailure {
    if (!knownLevel(flags.text("log-level").toLowerCase(Locale.ROOT))) {
      throw StartupFailure.plain("invalid value for --log-level: " + flags.text("log-level"));
    }
  }

  private static boolean knownLevel(String level) {
    return switch (level) {
      case "debug", "info", "warn", "error", "fatal" -> true;
      default -> false;
    };
  }

  /** The settings; the failure is one of daprd's runtime errors. */
  public InstanceSettings settings() throws StartupFailure {
    String appId = flags.text("app-id");
    if (appId.isEmpty()) {
      throw wrong("parameter app-id cannot be empty");
    }
    if (appId.indexOf('.') >= 0) {
      throw wrong("parameter app-id cannot contain dots");
    }
    if (appId.contains("||") || appId.endsWith("|")) { // another app's id and the start of a key
      throw wrong("parameter app-id cannot contain || or end with |");
    }
    int http = port("dapr-http-port", "error parsing dapr-http-port flag: ");
    int grpc = port("dapr-grpc-port", "error parsing dapr-grpc-port flag: ");
    int profile = port("profile-port", "error parsing profile-port flag: ");
    int internal =
        optionalPort("dapr-internal-grpc-port", "error parsing dapr-internal-grpc-port: ", 0);
    int pub = optionalPort("dapr-public-port", "error parsing dapr-public-port: ", -1);
    int app = optionalPort("app-port", "error parsing app-port: ", 0);
    checkApart("dapr-http-port", http, app);
    checkApart("dapr-grpc-port", grpc, app);
    AppProtocol protocol = protocol();
    Set<String> disabled = disabledInitEndpoints();
    AppHealthSettings health = health();
    AppEndpoint connection =
        new AppEndpoint(
            flags.text("app-channel-address"),
            app,
            protocol,
            toInt(flags.number("app-max-concurrency")),
            health);
    int metrics =
        flags.truth("enable-metrics") ? port("metrics-port", "failed to parse metrics port: ") : 0;
    checkMode();
    checkNotNegative(http, "failed to start HTTP server: " + NOWHERE);
    checkNotNegative(grpc, "failed to start API gRPC server: " + NOWHERE);
    checkNotNegative(internal, "failed to start internal gRPC server: " + NOWHERE);
    checkNotNegative(
        metrics, "failed to listen on " + flags.text("metrics-listen-address") + ":" + metrics);
    if (!flags.text("dapr-public-port").isEmpty() && pub < 0) {
      throw StartupFailure.plain("listen tcp: address " + pub + ": invalid port");
    }
    Listen listen =
        new Listen(
            addresses(),
            http,
            grpc,
            internal,
            flags.text("dapr-internal-grpc-listen-address"),
            pub,
            flags.text("dapr-public-listen-address"),
            metrics,
            flags.text("metrics-listen-address"));
    String sockets = flags.text("unix-domain-socket");
    return new InstanceSettings(
        appId,
        env("NAMESPACE"),
        connection,
        listen,
        checkedBodySize(),
        checkedReadBufferSize(),
        graceSeconds(),
        flags.given("dapr-block-shutdown-duration")
            ? Math.max(0, flags.duration("dapr-block-shutdown-duration").toMillis())
            : -1,
        logSettings(),
        flags.given("enable-api-logging") ? flags.truth("enable-api-logging") : null,
        flags.text("allowed-origins"),
        env("DAPR_API_TOKEN"),
        env("APP_API_TOKEN"),
        resources(),
        flags.truth("enable-metrics"),
        !GoText.isTruthy(env("DAPR_HTTP_DISABLE_H2C")),
        sockets.isEmpty() ? null : folder.resolve(sockets),
        flags.truth("enable-mtls"),
        disabled,
        bindingOptionsMillis(),
        new RuntimeEnvironment(environment).of(appId, listen, connection, profile),
        folder);
  }

  private long bindingOptionsMillis() {
    long millis = flags.duration("app-binding-options-timeout").toMillis();
    return millis > 0 ? millis : DEFAULT_BINDING_OPTIONS_MILLIS;
  }

  /** Lines for the log: what was asked for and has no effect, each naming its flag. */
  public List<String> warnings() {
    List<String> lines = new ArrayList<>(FlagsWithoutEffect.of(flags));
    if (flags.truth("app-ssl")) {
      AppProtocol plain = protocolOf(flags.text("app-protocol").toLowerCase(Locale.ROOT));
      if (plain == AppProtocol.HTTP || plain == AppProtocol.GRPC) {
        lines.add(
            "The 'app-ssl' flag is deprecated; use 'app-protocol=" + plain.word() + "s' instead");
      }
    }
    return lines;
  }

  private String env(String name) {
    return environment.getOrDefault(name, "");
  }

  private static StartupFailure wrong(String message) {
    return new StartupFailure(1, message);
  }

  private int port(String flag, String prefix) throws StartupFailure {
    try {
      return toInt(GoText.atoi(flags.text(flag)));
    } catch (GoText.Unreadable unreadable) {
      throw wrong(prefix + unreadable.getMessage());
    }
  }

  private int optionalPort(String flag, String prefix, int without) throws StartupFailure {
    return flags.text(flag).isEmpty() ? without : port(flag, prefix);
  }

  /** Where daprd also refuses port 0 of a sidecar without app, 0 means "pick one" here. */
  private static void checkApart(String flag, int port, int app) throws StartupFailure {
    if (app != 0 && port == app) {
      throw wrong("the '" + flag + "' argument value " + port + " conflicts with 'app-port'");
    }
  }

  /** To the listeners a negative port means none, which no flag of daprd's says. */
  private static void checkNotNegative(int port, String message) throws StartupFailure {
    if (port < 0) {
      throw wrong(message);
    }
  }

  private AppProtocol protocol() throws StartupFailure {
    String word = flags.text("app-protocol");
    AppProtocol protocol = protocolOf(word.toLowerCase(Locale.ROOT));
    if (protocol == null) {
      throw wrong("invalid value for 'app-protocol': " + word);
    }
    if (!flags.truth("app-ssl")) {
      return protocol;
    }
    return switch (protocol) {
      case HTTP, HTTPS -> AppProtocol.HTTPS;
      case GRPC, GRPCS -> AppProtocol.GRPCS;
      case H2C -> AppProtocol.H2C;
    };
  }

  private static @Nullable AppProtocol protocolOf(String word) {
    return switch (word) {
      case "", "http" -> AppProtocol.HTTP;
      case "https" -> AppProtocol.HTTPS;
      case "h2c" -> AppProtocol.H2C;
      case "grpc" -> AppProtocol.GRPC;
      case "grpcs" -> AppProtocol.GRPCS;
      default -> null;
    };
  }

  private Set<String> disabledInitEndpoints() throws StartupFailure {
    Set<String> disabled = new TreeSet<>();
    for (String given : flags.list("disable-init-endpoints")) {
      String word = given.strip().toLowerCase(Locale.ROOT);
      if (word.isEmpty()) {
        continue;
      }
      if (!word.equals("config") && !word.equals("subscribe")) {
        throw wrong("invalid value for 'disable-init-endpoints': " + word);
      }
      disabled.add(word);
    }
    return Set.copyOf(disabled);
  }

  private @Nullable AppHealthSettings health() throws StartupFailure {
    long seconds = flags.number("app-health-probe-interval");
    long interval = seconds <= 0 ? 5000 : Math.min(seconds, Integer.MAX_VALUE) * 1000;
    long millis = flags.number("app-health-probe-timeout");
    long timeout = millis <= 0 ? 500 : millis;
    if (timeout > interval) {
      throw wrong("value for 'health-probe-timeout' must be smaller than 'health-probe-interval'");
    }
    long threshold = flags.number("app-health-threshold");
    if (!flags.truth("enable-app-health-check")) {
      return null;
    }
    String path = flags.text("app-health-check-path");
    return new AppHealthSettings(
        path,
        interval,
        timeout,
        threshold < 1 || threshold >= Integer.MAX_VALUE ? 3 : (int) threshold);
  }

  private void checkMode() throws StartupFailure {
    String mode = flags.text("mode");
    boolean secured = flags.truth("enable-mtls") || mode.equals("kubernetes");
    if (secured && env("DAPR_TRUST_ANCHORS").isEmpty()) {
      throw wrong("trust anchors are required");
    }
    if (!mode.equals("standalone") && !mode.equals("kubernetes")) {
      throw wrong("invalid mode: " + mode);
    }
  }

  private List<String> addresses() {
    String all = flags.text("dapr-listen-addresses");
    return all.isEmpty() ? List.of() : List.of(all.split(",", -1));
  }

  private int graceSeconds() {
    long seconds = flags.number("dapr-graceful-shutdown-seconds");
    return seconds < 0 ? DEFAULT_GRACE_SECONDS : toInt(seconds);
  }

  private ResourceSettings resources() {
    List<String> given = flags.list("resources-path");
    String old = flags.text("components-path");
    List<Path> folders = paths(given.isEmpty() && !old.isEmpty() ? List.of(old) : given);
    long reconcile = flags.duration("hot-reload-reconcile-interval").toMillis();
    return new ResourceSettings(
        folders,
        paths(flags.list("config")),
        reconcile > 0 ? reconcile : ResourceSettings.RECONCILE_MILLIS,
        null);
  }

  private List<Path> paths(List<String> given) {
    List<Path> paths = new ArrayList<>(given.size());
    for (String one : given) {
      paths.add(folder.resolve(one));
    }
    return List.copyOf(paths);
  }

  private long bodySize() throws FlagException {
    long bytes = quantity("max-body-size", "dapr-http-max-request-size", 20, DEFAULT_MAX_BODY);
    return bytes == -1 ? Quantity.bytes(DEFAULT_MAX_BODY) : bytes;
  }

  private int readBufferSize() throws FlagException {
    long bytes =
        quantity("read-buffer-size", "dapr-http-read-buffer-size", 10, DEFAULT_READ_BUFFER);
    return toInt(bytes == -1 ? Quantity.bytes(DEFAULT_READ_BUFFER) : bytes);
  }

  /** The current flag counts before the old one, which is in units of {@code 1 << shift} bytes. */
  private long quantity(String flag, String old, int shift, String byDefault) throws FlagException {
    if (flags.given(flag)) {
      try {
        return Quantity.bytes(flags.text(flag));
      } catch (FlagException wrong) {
        throw new FlagException("invalid value for '" + flag + "' option: " + wrong.getMessage());
      }
    }
    if (flags.given(old)) {
      long units = flags.number(old);
      return units > 0 ? Math.min(units, Long.MAX_VALUE >> shift) << shift : units;
    }
    return Quantity.bytes(byDefault);
  }

  private long checkedBodySize() throws StartupFailure {
    try {
      return bodySize();
    } catch (FlagException wrong) {
      throw StartupFailure.plain("Failed to parse flags: " + wrong.getMessage());
    }
  }

  private int checkedReadBufferSize() throws StartupFailure {
    try {
      return readBufferSize();
    } catch (FlagException wrong) {
      throw StartupFailure.plain("Failed to parse flags: " + wrong.getMessage());
    }
  }

  private static int toInt(long number) {
    return Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
