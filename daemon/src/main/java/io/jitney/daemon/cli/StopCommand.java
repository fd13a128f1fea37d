package io.jitney.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jitney stop APP}. */
@Command(
    name = "stop",
    description = {
      "Stops the virtual sidecars of an app gracefully.",
      "",
      "Each of its launchers ends as after a SIGTERM.",
      "Apps that an apps file declares are closed by taking them out of it."
    })
final class StopCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "APP",
      description = "App id, or namespace/app-id where several namespaces have it.")
  private String app = "";

  @Override
  public Integer call() throws Exception {
    JsonObject answer = Connection.ask(new JsonObject().put("op", "stop").put("app", app));
    int stopped = answer.getInteger("stopped", 0);
    System.out.println(app + ": " + stopped + (stopped == 1 ? " sidecar stops" : " sidecars stop"));
    return 0;
  }
}
