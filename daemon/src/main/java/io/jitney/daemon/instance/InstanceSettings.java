package io.jitney.daemon.instance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one app instance runs with: daprd's flags after parsing and checking, plus the launcher's
 * environment. A port of 0 means "pick one and print it"; -1 means no listener.
 *
 * @param appId {@code --app-id}
 * @param namespace {@code NAMESPACE} of the environment, "" when unset (identity namespace is then
 *     "default")
 * @param connection how the app is called; its port is 0 when there is no app, the rest is then for
 *     the metadata API
 * @param listen ports and addresses
 * @param maxBodySize bytes; 0 or less: no limit over HTTP
 * @param readBufferSize bytes, limit of headers
 * @param gracefulShutdownSeconds 0: no limit
 * @param blockShutdown how long to go on serving after SIGTERM, in milliseconds; -1: not at all
 * @param log what and how to log
 * @param enableApiLogging null: as the Configuration says
 * @param allowedOrigins CORS; "" off
 * @param apiToken {@code DAPR_API_TOKEN}; "" off
 * @param appApiToken {@code APP_API_TOKEN} sent to the app; "" none
 * @param resources what it loads
 * @param metricsEnabled {@code --enable-metrics}
 * @param http2Cleartext false when {@code DAPR_HTTP_DISABLE_H2C} is truthy
 * @param unixSocketFolder folder of the API sockets; null: TCP
 * @param mtls {@code --enable-mtls}
 * @param disabledInitEndpoints what the app is not asked at start: {@code config}, {@code
 *     subscribe}
 * @param bindingOptionsMillis {@code --app-binding-options-timeout}: how long the app has to say
 *     whether it wants an input binding
 * @param environment the launcher's environment and what daprd adds to its own ({@code APP_ID},
 *     {@code DAPR_HTTP_PORT}, ...), unmodifiable
 * @param workingDirectory the launcher's working directory
 */
public record InstanceSettings(
    String appId,
    String namespace,
    AppEndpoint connection,
    Listen listen,
    long maxBodySize,
    int readBufferSize,
    int gracefulShutdownSeconds,
    long blockShutdown,
    LogSettings log,
    @Nullable Boolean enableApiLogging,
    String allowedOrigins,
    String apiToken,
    String appApiToken,
    ResourceSettings resources,
    boolean metricsEnabled,
    boolean http2Cleartext,
    @Nullable Path unixSocketFolder,
    boolean mtls,
    Set<String> disabledInitEndpoints,
    long bindingOptionsMillis,
    Map<String, String> environment,
    Path workingDirectory) {

  /** The same with other listeners, and with these resources only if {@code names} is not null. */
  public InstanceSettings with(Listen listeners, @Nullable Set<String> names) {
    return new InstanceSettings(
        appId,
        namespace,
        connection,
        listeners,
        maxBodySize,
        readBufferSize,
        gracefulShutdownSeconds,
        blockShutdown,
        log,
        enableApiLogging,
        allowedOrigins,
        apiToken,
        appApiToken,
        resources.only(names),
        metricsEnabled,
        http2Cleartext,
        unixSocketFolder,
        mtls,
        disabledInitEndpoints,
        bindingOptionsMillis,
        environment,
        workingDirectory);
  }

  /** Where the app is; null without an app port, so without app channel. */
  public @Nullable AppEndpoint app() {
    return connection.port() > 0 ? connection : null;
  }

  /** Namespace of the identity: {@code NAMESPACE}, or "default". */
  public String identityNamespace() {
    return namespace.isEmpty() ? "default" : namespace;
  }

  @Override
  public String toString() {
    return "InstanceSettings["
        + identityNamespace()
        + "/"
        + appId
        + "]"; // tokens and environment stay out of logs
  }

  /** How the app speaks. */
  public enum AppProtocol {
    HTTP,
    HTTPS,
    H2C,
    GRPC,
    GRPCS;

    public boolean grpc() {
      return this == GRPC || this == GRPCS;
    }

    public boolean tls() {
      return this == HTTPS || this == GRPCS;
    }

    /** As the flag spells it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Where and how the app is called.
   *
   * @param host {@code --app-channel-address}
   * @param port {@code --app-port}
   * @param maxConcurrency calls at once; 0 or less: no limit
   * @param health null: app health checks are off
   */
  public record AppEndpoint(
      String host,
      int port,
      AppProtocol protocol,
      int maxConcurrency,
      @Nullable AppHealthSettings health) {

    /**
     * The port to connect to: a number that is no port (daprd takes any) becomes 0, where nobody
     * ever answers.
     */
    public int dialPort() {
      return port > 65535 ? 0 : port;
    }
  }

  /**
   * @param path HTTP path as the flag gives it, with or without leading slash
   * @param intervalMillis between probes
   * @param timeoutMillis of one probe, at most the interval
   * @param threshold failures in a row until the app counts as unhealthy
   */
  public record AppHealthSettings(
      String path, long intervalMillis, long timeoutMillis, int threshold) {
    /** The path that is asked for. */
    public String requestPath() {
      return path.startsWith("/") ? path : "/" + path;
    }
  }

  /**
   * @param addresses of the HTTP and gRPC API; empty: all interfaces
   * @param internalGrpcPort 0: pick one
   * @param publicPort -1: off
   */
  public record Listen(
      List<String> addresses,
      int httpPort,
      int grpcPort,
      int internalGrpcPort,
      String internalGrpcAddress,
      int publicPort,
      String publicAddress,
      int metricsPort,
      String metricsAddress) {}

  /**
   * @param level debug, info, warn, error, fatal
   * @param file {@code --log-file}; null: the launcher's output
   */
  public record LogSettings(String level, boolean json, @Nullable Path file) {}

  /**
   * Where an instance's resources come from.
   *
   * @param folders of resource files, absolute
   * @param configs Configuration files, absolute
   * @param reconcileMillis how often the folders are looked through even if nothing seems to have
   *     changed
   * @param names of the resources that it may use; null: all that are in its folders and scoped to
   *     it
   */
  public record ResourceSettings(
      List<Path> folders, List<Path> configs, long reconcileMillis, @Nullable Set<String> names) {
    /** What daprd does by default. */
    public static final long RECONCILE_MILLIS = 60_000;

    /** All that is in the folders. */
    public ResourceSettings(List<Path> folders, List<Path> configs) {
      this(folders, configs, RECONCILE_MILLIS, null);
    }

    ResourceSettings only(@Nullable Set<String> these) {
      return new ResourceSettings(folders, configs, reconcileMillis, these);
    }

    /** Whether a resource of that name may be used. */
    public boolean uses(String resource) {
      return names == null || names.contains(resource);
    }
  }
}
