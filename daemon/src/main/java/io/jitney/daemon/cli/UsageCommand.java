package io.jitney.daemon.cli;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code jitney usage}. */
@Command(
    name = "usage",
    description = {
      "Tells what each app has used: calls by API, processor time, bytes, store calls, refusals. Exact counters.",
      "",
      "With --since the daemon's snapshots are used, one in ten seconds; the first line says from when it counts."
    })
final class UsageCommand implements Callable<Integer> {
  private static final Pattern DURATION = Pattern.compile("(\\d+)(s|m|h|d)");

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      description = "How far back: 30s, 5m, 2h, 1d. Default: since the daemon started.")
  private String since = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "Form of the output. Default: table.")
  private Output output = Output.TABLE;

  @Override
  public Integer call() throws Exception {
    JsonObject request = new JsonObject().put("op", "usage");
    if (!since.isEmpty()) {
      request.put("sinceSeconds", duration(since).toSeconds());
    }
    JsonObject answer = Connection.ask(request);
    System.out.print(output == Output.JSON ? answer.encodePrettily() + "\n" : text(answer));
    return 0;
  }

  static Duration duration(String text) throws CommandFailure {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches() || matcher.group(1).length() > 9) {
      throw new CommandFailure("--since must be a time such as 30s, 5m, 2h or 1d, not " + text);
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  static String text(JsonObject answer) {
    TextTable table =
        new TextTable(
            "NAMESPACE",
            "APP ID",
            "CALLS",
            "BY API",
            "CPU SECONDS",
            "BYTES IN",
            "BYTES OUT",
            "STORE CALLS",
            "STORE SECONDS",
            "REFUSED",
            "BY REASON");
    for (Object one : answer.getJsonArray("tenants")) {
      JsonObject app = (JsonObject) one;
      table.row(
          app.getString("namespace"),
          app.getString("appId"),
          Long.toString(app.getLong("admitted")),
          counts(app.getJsonObject("callsByApi")),
          seconds(app.getLong("cpuNanos")),
          Long.toString(app.getLong("bytesIn")),
          Long.toString(app.getLong("bytesOut")),
          Long.toString(app.getLong("storeCalls")),
          seconds(app.getLong("storeNanos")),
          Long.toString(app.getLong("refused")),
          counts(app.getJsonObject("refusals")));
    }
    return String.format(
            Locale.ROOT,
            "since %s (%.0f s)%n%n",
            answer.getString("since"),
            answer.getDouble("seconds"))
        + table;
  }

  static String counts(JsonObject counts) {
    List<String> parts = new ArrayList<>();
    counts.forEach(entry -> parts.add(entry.getKey() + "=" + entry.getValue()));
    return String.join(",", parts);
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
  }
}
