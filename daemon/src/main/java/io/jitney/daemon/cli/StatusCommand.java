package io.jitney.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jitney status}. */
@Command(
    name = "status",
    description = {
      "Tells how the daemon is: memory, ports, apps, shared connections, problems.",
      "Exit code 1 when no daemon runs."
    })
final class StatusCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "Form of the output. Default: table.")
  private Output output = Output.TABLE;

  @Option(
      names = "--collect",
      description =
          "Lets the daemon collect garbage first, so that memory tells what is held. Stops it for some 50 ms.")
  private boolean collect;

  @Override
  public Integer call() throws Exception {
    JsonObject status =
        Connection.ask(new JsonObject().put("op", "status").put("collect", collect));
    System.out.print(output == Output.JSON ? status.encodePrettily() + "\n" : text(status));
    return 0;
  }

  static String text(JsonObject status) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "daemon",
        "pid "
            + status.getLong("pid")
            + ", jitney "
            + status.getString("version")
            + ", Dapr "
            + status.getString("daprVersion")
            + ", up "
            + uptime(status.getLong("uptimeSeconds")));
    line(text, "socket", status.getString("socket"));
    line(
        text,
        "ports",
        "HTTP API "
            + port(status, "httpPort")
            + ", gRPC API "
            + port(status, "grpcPort")
            + ", admin "
            + port(status, "adminPort"));
    JsonObject memory = status.getJsonObject("memory");
    line(
        text,
        "memory",
        (memory.getLong("pss") < 0 ? "" : mega(memory.getLong("pss")) + " in all (PSS), ")
            + mega(memory.getLong("heapUsed"))
            + " of "
            + mega(memory.getLong("heapCommitted"))
            + " heap used, "
            + mega(memory.getLong("direct"))
            + " direct");
    line(
        text,
        "threads",
        status.getInteger("threads")
            + ", "
            + status.getInteger("eventLoops")
            + " of them event loops");
    List<String> states = new ArrayList<>();
    status
        .getJsonObject("instances")
        .forEach(entry -> states.add(entry.getValue() + " " + entry.getKey()));
    line(
        text,
        "apps",
        status.getInteger("tenants")
            + (states.isEmpty() ? "" : ", instances: " + String.join(", ", states)));
    List<String> pools = new ArrayList<>();
    for (Object one : status.getJsonArray("pools", new JsonArray())) {
      JsonObject pool = (JsonObject) one;
      pools.add(
          pool.getString("type")
              + " "
              + pool.getInteger("clients")
              + " ("
              + pool.getInteger("connections")
              + " connections)");
    }
    line(text, "clients", pools.isEmpty() ? "none" : String.join(", ", pools));
    for (Object problem : status.getJsonArray("problems", new JsonArray())) {
      line(text, "problem", String.valueOf(problem));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-9s%s%n", name, value));
  }

  private static String port(JsonObject status, String name) {
    int port = status.getInteger(name);
    return port < 0 ? "off" : Integer.toString(port);
  }

  private static String mega(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1024.0 / 1024.0);
  }

  private static String uptime(long seconds) {
    Duration up = Duration.ofSeconds(seconds);
    String clock =
        String.format(
            Locale.ROOT, "%d:%02d:%02d", up.toHoursPart(), up.toMinutesPart(), up.toSecondsPart());
    return up.toDays() > 0 ? up.toDays() + " d " + clock : clock;
  }
}
