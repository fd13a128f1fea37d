package io.jitney.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jitney apps}. */
@Command(
    name = "apps",
    description = {
      "Lists the apps of the daemon, those of launchers and of apps files.",
      "",
      "PORTS are HTTP/gRPC of each instance; \"node\" is the port that all apps share. CALLS were"
          + " let in, REFUSED were",
      "over the app's quota, IN FLIGHT are under way."
    })
final class AppsCommand implements Callable<Integer> {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "Form of the output. Default: table.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() throws Exception {
    JsonArray apps = Connection.ask(new JsonObject().put("op", "apps")).getJsonArray("apps");
    System.out.print(output == Output.JSON ? apps.encodePrettily() + "\n" : table(apps));
    return 0;
  }

  static String table(JsonArray apps) {
    if (apps.isEmpty()) {
      return "No apps. Open one: daprd --app-id NAME ..., jitney run --app-id NAME -- COMMAND, or"
          + " jitney daemon --apps FILE\n";
    }
    TextTable table =
        new TextTable(
            "NAMESPACE",
            "APP ID",
            "INSTANCES",
            "PORTS",
            "STATE",
            "HEALTH",
            "CALLS",
            "REFUSED",
            "IN FLIGHT");
    for (Object one : apps) {
      JsonObject app = (JsonObject) one;
      JsonArray instances = ofTheApp(app.getJsonArray("instances"));
      table.row(
          app.getString("namespace"),
          app.getString("appId"),
          Integer.toString(instances.size()),
          ports(instances),
          state(app, instances),
          health(app, instances),
          Long.toString(app.getLong("calls", 0L)),
          Long.toString(app.getLong("refused", 0L)),
          Long.toString(app.getLong("inFlight", 0L)));
    }
    return table.toString();
  }

  /** Without the one that the daemon has for an app that is away. */
  private static JsonArray ofTheApp(JsonArray instances) {
    JsonArray its = new JsonArray();
    instances.stream()
        .filter(one -> !((JsonObject) one).getBoolean("standsIn", false))
        .forEach(its::add);
    return its;
  }

  private static String ports(JsonArray instances) {
    List<String> ports = new ArrayList<>();
    for (Object one : instances) {
      JsonObject instance = (JsonObject) one;
      int http = instance.getInteger("httpPort", -1);
      int grpc = instance.getInteger("grpcPort", -1);
      ports.add(
          http < 0 && grpc < 0
              ? "node"
              : (http < 0 ? "node" : http) + "/" + (grpc < 0 ? "node" : grpc));
    }
    return String.join(",", ports);
  }

  private static String state(JsonObject app, JsonArray instances) {
    String declared = app.getString("state", "declared");
    if (instances.isEmpty() || declared.equals("sleeping") || declared.equals("waking")) {
      return declared;
    }
    Map<String, Integer> counts = new TreeMap<>();
    instances.forEach(one -> counts.merge(((JsonObject) one).getString("state"), 1, Integer::sum));
    if (counts.size() == 1) {
      return counts.keySet().iterator().next();
    }
    List<String> parts = new ArrayList<>();
    counts.forEach((state, count) -> parts.add(count + " " + state));
    return String.join(", ", parts);
  }

  private static String health(JsonObject app, JsonArray instances) {
    String reason = app.getString("reason", "");
    for (Object one : instances) {
      String health = ((JsonObject) one).getString("health", "");
      if (!health.equals("ok")) {
        return health;
      }
    }
    return instances.isEmpty() ? reason : "ok";
  }
}
