package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlClient;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jitney logs APP}. */
@Command(
    name = "logs",
    description = {
      "Prints the last lines that the sidecar of an app logged.",
      "",
      "The daemon keeps 64 KiB of them for each sidecar.",
      "With several instances each line begins with the instance's number in brackets."
    })
final class LogsCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "APP",
      description = "App id, or namespace/app-id where several namespaces have it.")
  private String app = "";

  @Option(
      names = {"-f", "--follow"},
      description =
          "Goes on with new lines until interrupted, or until the app's last sidecar has ended.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      description = "Lines of each instance. Default: 100.")
  private int lines = 100;

  @Override
  public Integer call() throws Exception {
    JsonObject request =
        new JsonObject()
            .put("op", "logs")
            .put("app", app)
            .put("follow", follow)
            .put("lines", lines);
    try (ControlClient client = Connection.open()) {
      return client.stream(request, System.out, System.err);
    }
  }
}
