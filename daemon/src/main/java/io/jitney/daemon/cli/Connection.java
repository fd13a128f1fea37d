package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlClient;
import io.jitney.daemon.control.ControlPath;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;

/** How commands ask the daemon. */
final class Connection {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private Connection() {}

  /** Connects, or fails with what to do about it. */
  static ControlClient open() throws IOException, CommandFailure {
    ControlPath path = ControlPath.of(System.getenv());
    return ControlClient.connect(path)
        .orElseThrow(
            () ->
                new CommandFailure(
                    "no daemon at "
                        + path
                        + ": start one with jitney daemon, or set "
                        + ControlPath.VARIABLE
                        + " to the socket of the one that runs"));
  }

  /** One question and its answer; an answer that is an error fails. */
  static JsonObject ask(JsonObject request) throws IOException, CommandFailure {
    try (ControlClient client = open()) {
      JsonObject answer = client.request(request, DEADLINE);
      String error = answer.getString("error");
      if (error != null) {
        throw new CommandFailure(error);
      }
      return answer;
    }
  }
}
