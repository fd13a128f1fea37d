package io.jitney.daemon.cli;

import io.jitney.daemon.control.ControlClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jitney top}. */
@Command(
    name = "top",
    description = {
      "Shows live what each app uses, the busiest first; ends with Ctrl-C.",
      "",
      "CALLS/S were let in, REFUSED/S were not (REASONS since the start), CPU is of one core, HELD is memory.",
      "Answers come from a thread of their own: it works while apps flood the daemon."
    })
final class TopCommand implements Callable<Integer> {
  private static final long PERIOD_MILLIS = 1_000;
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Option(names = "--once", description = "Prints one table of the last second and ends.")
  private boolean once;

  @Option(
      names = {"-l", "--lines"},
      paramLabel = "N",
      description = "Apps to show. Default: ${DEFAULT-VALUE}; 0: all.")
  private int lines = 40;

  @Override
  public Integer call() throws Exception {
    boolean live = !once && System.console() != null && System.console().isTerminal();
    try (ControlClient client = Connection.open()) {
      JsonObject before = ask(client);
      while (true) {
        Thread.sleep(PERIOD_MILLIS);
        JsonObject now = ask(client);
        System.out.print((live ? CLEAR : "") + text(before, now, lines));
        System.out.flush();
        if (!live) {
          return 0;
        }
        before = now;
      }
    }
  }

  private static JsonObject ask(ControlClient client) throws Exception {
    JsonObject answer = client.request(new JsonObject().put("op", "top"), DEADLINE);
    String error = answer.getString("error");
    if (error != null) {
      throw new CommandFailure(error);
    }
    return answer;
  }

  /** One app between two looks. */
  private record Row(
      JsonObject app,
      double calls,
      double refused,
      double cpu,
      double in,
      double out,
      double store) {}

  static String text(JsonObject before, JsonObject now, int lines) {
    double seconds = Math.max(1e-3, (now.getLong("nanos") - before.getLong("nanos")) / 1e9);
    Map<String, JsonObject> then = new HashMap<>();
    for (Object one : before.getJsonArray("tenants")) {
      then.put(name((JsonObject) one), (JsonObject) one);
    }
    List<Row> rows = new ArrayList<>();
    JsonArray tenants = now.getJsonArray("tenants");
    for (Object one : tenants) {
      JsonObject app = (JsonObject) one;
      rows.add(row(app, then.get(name(app)), seconds));
    }
    rows.sort(
        Comparator.comparingDouble(Row::cpu)
            .thenComparingDouble(row -> row.calls() + row.refused())
            .reversed()
            .thenComparing(row -> name(row.app())));
    TextTable table =
        new TextTable(
            "NAMESPACE",
            "APP ID",
            "CALLS/S",
            "IN FLIGHT",
            "STREAMS",
            "QUEUED",
            "REFUSED/S",
            "CPU",
            "IN/S",
            "OUT/S",
            "STORE/S",
            "HELD",
            "REASONS");
    int shown = lines <= 0 ? rows.size() : Math.min(lines, rows.size());
    for (Row row : rows.subList(0, shown)) {
      JsonObject app = row.app();
      table.row(
          app.getString("namespace"),
          app.getString("appId"),
          number(row.calls()),
          Long.toString(app.getLong("inFlight")),
          Long.toString(app.getLong("streams")),
          Long.toString(app.getLong("queued")),
          number(row.refused()),
          String.format(Locale.ROOT, "%.1f%%", row.cpu() * 100),
          bytes(row.in()),
          bytes(row.out()),
          number(row.store()),
          bytes(app.getLong("heldBytes")),
          UsageCommand.counts(app.getJsonObject("refusals")));
    }
    double calls = rows.stream().mapToDouble(Row::calls).sum();
    double refused = rows.stream().mapToDouble(Row::refused).sum();
    double cpu = rows.stream().mapToDouble(Row::cpu).sum();
    return String.format(
            Locale.ROOT,
            "%d apps, %s calls/s, %s refused/s, %.0f%% of one core%s%n%n",
            rows.size(),
            number(calls),
            number(refused),
            cpu * 100,
            shown < rows.size() ? "; " + shown + " shown" : "")
        + table;
  }

  private static String name(JsonObject app) {
    return app.getString("namespace") + "/" + app.getString("appId");
  }

  private static Row row(JsonObject app, @Nullable JsonObject then, double seconds) {
    return new Row(
        app,
        rate(app, then, "admitted", seconds),
        rate(app, then, "refused", seconds),
        rate(app, then, "cpuNanos", seconds) / 1e9,
        rate(app, then, "bytesIn", seconds),
        rate(app, then, "bytesOut", seconds),
        rate(app, then, "storeCalls", seconds));
  }

  /** Of a counter that began anew, what it has now. */
  private static double rate(
      JsonObject app, @Nullable JsonObject then, String counter, double seconds) {
    long now = app.getLong(counter);
    long before = then == null ? now : then.getLong(counter);
    return (now >= before ? now - before : now) / seconds;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }

  private static String bytes(double value) {
    if (value < 1024) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return value < 1024 * 1024
        ? String.format(Locale.ROOT, "%.1fK", value / 1024)
        : String.format(Locale.ROOT, "%.1fM", value / 1024 / 1024);
  }
}
