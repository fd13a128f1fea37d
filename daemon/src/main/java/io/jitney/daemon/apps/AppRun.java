package io.jitney.daemon.apps;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.Listen;
import io.jitney.daemon.sidecar.NodeSidecar;
import io.jitney.daemon.sidecar.NodeSidecars;
import io.jitney.daemon.sidecar.SidecarHost;
import io.jitney.daemon.sidecar.SidecarOutput;
import io.jitney.daemon.wake.Sleeper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One sidecar of a declared app: the same that a launcher would get, from its arguments on. */
final class AppRun implements SidecarOutput, SidecarHost {
  private final AppResource resource;
  private final Consumer<AppRun> running;
  private final BiConsumer<AppRun, Integer> ended;
  private final @Nullable Sleeper sleeper;
  private volatile String lastLine = "";
  private volatile boolean stopping;
  private @Nullable NodeSidecar sidecar;

  /**
   * @param sleeper of an app that scales to zero; null: of others
   * @param running called when it serves calls
   * @param ended called at its end, with its exit code
   */
  AppRun(
      AppResource resource,
      @Nullable Sleeper sleeper,
      Consumer<AppRun> running,
      BiConsumer<AppRun, Integer> ended) {
    this.resource = resource;
    this.sleeper = sleeper;
    this.running = running;
    this.ended = ended;
  }

  AppResource resource() {
    return resource;
  }

  /**
   * Starts.
   *
   * @param resources where an app without folders of its own finds its resources; null: nowhere
   */
  void start(NodeSidecars sidecars, Tokens tokens, @Nullable Path resources) {
    Path parent = resource.file().toAbsolutePath().getParent();
    sidecar =
        sidecars.start(
            NodeSidecar.Origin.APPS_FILE,
            this,
            this,
            arguments(resources),
            environment(tokens),
            parent == null ? Path.of("/") : parent);
  }

  /** Ends gracefully, as on SIGTERM. */
  void stop() {
    boolean again = stopping;
    stopping = true;
    if (sidecar != null && !again) { // a second signal would end it without grace
      sidecar.signal(ControlSignal.TERM);
    }
  }

  boolean stopping() {
    return stopping;
  }

  /** The last line that it logged, without time and the like; for whoever asks why it ended. */
  String lastLine() {
    return lastLine;
  }

  /**
   * Secrets of an app, read.
   *
   * @param api "" without one
   * @param app "" without one
   */
  record Tokens(String api, String app) {
    @Override
    public String toString() {
      return "Tokens";
    }
  }

  private List<String> arguments(@Nullable Path shared) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--app-id=" + resource.appId());
    AppResource.Target app = resource.app();
    if (app != null) {
      arguments.add("--app-port=" + app.port());
      arguments.add("--app-protocol=" + app.protocol());
      arguments.add("--app-channel-address=" + app.host());
      if (app.maxConcurrency() > 0) {
        arguments.add("--app-max-concurrency=" + app.maxConcurrency());
      }
      AppResource.HealthCheck check = app.healthCheck();
      if (check != null) {
        arguments.add("--enable-app-health-check");
        arguments.add("--app-health-check-path=" + check.path());
        arguments.add("--app-health-probe-interval=" + check.intervalSeconds());
        arguments.add("--app-health-probe-timeout=" + check.timeoutMillis());
        arguments.add("--app-health-threshold=" + check.threshold());
      }
    }
    List<Path> folders = resource.resourcesPaths();
    if (folders.isEmpty() && shared != null) {
      folders = List.of(shared);
    }
    folders.forEach(folder -> arguments.add("--resources-path=" + folder));
    resource.configPaths().forEach(path -> arguments.add("--config=" + path));
    resource.flags().forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return arguments;
  }

  private Map<String, String> environment(Tokens tokens) {
    Map<String, String> environment = new HashMap<>(resource.env());
    if (!resource.namespace().isEmpty()) {
      environment.put("NAMESPACE", resource.namespace());
    }
    if (resource.hasOwnPorts() && !tokens.api().isEmpty()) {
      environment.put("DAPR_API_TOKEN", tokens.api());
    }
    if (!tokens.app().isEmpty()) {
      environment.put("APP_API_TOKEN", tokens.app());
    }
    return environment;
  }

  /** Listeners that it does not ask for are not there: the node's serves it. */
  @Override
  public InstanceSettings settings(InstanceSettings asked) {
    Listen listen = asked.listen();
    return asked.with(
        new Listen(
            listen.addresses(),
            own("dapr-http-port", listen.httpPort()),
            own("dapr-grpc-port", listen.grpcPort()),
            own("dapr-internal-grpc-port", listen.internalGrpcPort()),
            listen.internalGrpcAddress(),
            listen.publicPort(),
            listen.publicAddress(),
            own("metrics-port", listen.metricsPort()),
            listen.metricsAddress()),
        resource.scopes());
  }

  private int own(String flag, int port) {
    return resource.flags().containsKey(flag) ? port : -1;
  }

  @Override
  public void opening(AppInstance instance) {
    if (sleeper != null) {
      instance.keeper(sleeper.keptBy(instance));
    }
  }

  @Override
  public void running(AppInstance instance) {
    running.accept(this);
  }

  @Override
  public void stdout(byte[] lines) {
    remember(lines);
  }

  @Override
  public void stderr(byte[] lines) {
    remember(lines);
  }

  private void remember(byte[] lines) {
    String text = new String(lines, UTF_8).strip();
    String line = text.substring(text.lastIndexOf('\n') + 1);
    int message = line.indexOf("msg=\"");
    lastLine = message < 0 ? line : line.substring(message + 4);
  }

  @Override
  public void exit(int code) {
    ended.accept(this, code);
  }
}
