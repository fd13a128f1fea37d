package io.jitney.daemon.cli;

import io.jitney.daemon.admin.NodeStatus;
import io.jitney.daemon.control.ControlPath;
import io.jitney.daemon.metadata.MetadataApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code jitney version}. */
@Command(
    name = "version",
    description = "Prints the versions of this command, of Dapr's API and of the daemon.")
final class VersionCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException {
    System.out.println(
        "jitney "
            + NodeStatus.version()
            + ", Dapr "
            + MetadataApi.RUNTIME_VERSION
            + ", Java "
            + Runtime.version());
    try {
      JsonObject status = Connection.ask(new JsonObject().put("op", "status"));
      System.out.println(
          "daemon " + status.getString("version") + ", pid " + status.getLong("pid"));
    } catch (CommandFailure none) {
      System.out.println("daemon none at " + ControlPath.of(System.getenv()));
    }
    return 0;
  }
}
