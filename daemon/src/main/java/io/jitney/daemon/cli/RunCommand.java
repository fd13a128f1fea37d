package io.jitney.daemon.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/** {@code jitney run}, after {@code dapr run}. */
@Command(
    name = "run",
    description = {
      "Runs an app together with a sidecar.",
      "",
      "The sidecar is a virtual one of the node's daemon if that runs, a private one otherwise.",
      "The app finds its API in DAPR_HTTP_PORT and DAPR_GRPC_PORT, as with dapr run; its lines begin with == APP ==.",
      "Signals go to the app; when it ends, its sidecar ends gracefully, and the exit code is the app's.",
      "Example: jitney run --app-id hello --app-port 3000 --resources-path ./components -- python3 app.py",
      ""
    },
    footer = {
      "",
      "Every other flag of daprd may be given, as --flag=value, and goes to the sidecar (daprd --help lists them)."
    })
final class RunCommand implements Callable<Integer> {
  @Option(
      names = {"-a", "--app-id"},
      required = true,
      paramLabel = "ID",
      description = "Name of the app.")
  private String appId = "";

  @Option(
      names = {"-p", "--app-port"},
      paramLabel = "PORT",
      description = "Port that the app listens on. Default: none.")
  private int appPort;

  @Option(
      names = {"-P", "--app-protocol"},
      paramLabel = "PROTOCOL",
      description = "http, https, h2c, grpc or grpcs. Default: http.")
  private String appProtocol = "http";

  @Option(
      names = "--app-channel-address",
      paramLabel = "HOST",
      description = "Where the app listens. Default: 127.0.0.1.")
  private String appAddress = "127.0.0.1";

  @Option(
      names = {"-H", "--dapr-http-port"},
      paramLabel = "PORT",
      description = "HTTP API. Default: a free port.")
  private int httpPort;

  @Option(
      names = {"-G", "--dapr-grpc-port"},
      paramLabel = "PORT",
      description = "gRPC API. Default: a free port.")
  private int grpcPort;

  @Option(
      names = {"-M", "--metrics-port"},
      paramLabel = "PORT",
      description = "Metrics. Default: a free port.")
  private int metricsPort;

  @Option(
      names = {"-I", "--dapr-internal-grpc-port"},
      paramLabel = "PORT",
      description = "Calls between sidecars. Default: a free port.")
  private int internalPort;

  @Option(
      names = {"-d", "--resources-path"},
      paramLabel = "FOLDER",
      description = "Folder of resources; may be given several times. Default: none.")
  private List<Path> resources = new ArrayList<>();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Configuration file. Default: none.")
  private List<Path> configs = new ArrayList<>();

  @Unmatched private List<String> others = new ArrayList<>();

  @Parameters(
      paramLabel = "-- COMMAND",
      description = "The app and its arguments; none: the sidecar alone.")
  private List<String> command = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    try (FreePorts free = new FreePorts()) {
      httpPort = httpPort > 0 ? httpPort : free.next();
      grpcPort = grpcPort > 0 ? grpcPort : free.next();
      metricsPort = metricsPort > 0 ? metricsPort : free.next();
      internalPort = internalPort > 0 ? internalPort : free.next();
    }
    return new AppWithSidecar(sidecar(), command, environment(), httpPort).run();
  }

  private List<String> sidecar() throws CommandFailure {
    List<String> line = new ArrayList<>();
    line.add(JitneyHome.file("bin/daprd").toString());
    line.add("--app-id=" + appId);
    if (appPort > 0) {
      line.add("--app-port=" + appPort);
      line.add("--app-protocol=" + appProtocol);
      line.add("--app-channel-address=" + appAddress);
    }
    line.add("--dapr-http-port=" + httpPort);
    line.add("--dapr-grpc-port=" + grpcPort);
    line.add("--metrics-port=" + metricsPort);
    line.add("--dapr-internal-grpc-port=" + internalPort);
    line.add("--dapr-listen-addresses=127.0.0.1");
    resources.forEach(path -> line.add("--resources-path=" + path));
    configs.forEach(path -> line.add("--config=" + path));
    line.addAll(others); // last: what is given twice counts as given here
    return line;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new java.util.HashMap<>();
    environment.put("APP_ID", appId);
    environment.put("APP_PROTOCOL", appProtocol);
    environment.put("APP_CHANNEL_ADDRESS", appAddress);
    environment.put("DAPR_HTTP_PORT", Integer.toString(httpPort));
    environment.put("DAPR_GRPC_PORT", Integer.toString(grpcPort));
    environment.put("DAPR_METRICS_PORT", Integer.toString(metricsPort));
    if (appPort > 0) {
      environment.put("APP_PORT", Integer.toString(appPort));
    }
    return environment;
  }
}
