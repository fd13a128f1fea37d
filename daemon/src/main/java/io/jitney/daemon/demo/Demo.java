package io.jitney.daemon.demo;

import io.jitney.daemon.cli.CommandFailure;
import io.jitney.daemon.cli.FreePorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The demo, step by step. Each step checks what it shows. */
final class Demo {
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final int START_SECONDS = 60;
  private static final int BATCH = 10;
  private static final int LOOKS = 6;
  private static final long LOOK_MILLIS = 500;

  private final Screen screen = new Screen();
  private final DemoProcesses processes;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CALL).build();
  private final int most;

  private Demo(DemoProcesses processes, int most) {
    this.processes = processes;
    this.most = most;
  }

  /**
   * Runs it and cleans up, also when interrupted.
   *
   * @param most apps in the end
   * @return exit code
   */
  static int run(int most) throws IOException, InterruptedException {
    long began = System.nanoTime();
    DemoProcesses processes = new DemoProcesses();
    Thread hook = new Thread(processes::close, "demo-cleanup");
    Runtime.getRuntime().addShutdownHook(hook);
    Demo demo = new Demo(processes, most);
    int code = 0;
    try {
      demo.steps();
    } catch (DemoFailure | CommandFailure | IOException failure) {
      if (processes.keepFolder()) {
        demo.screen.failed(String.valueOf(failure.getMessage()));
        demo.screen.note("what each process said is in " + processes.folder());
      }
      code = 1;
    }
    processes.close();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      return 130; // interrupted: the hook cleans up
    }
    if (code == 0) {
      demo.screen.title(
          String.format(
              Locale.ROOT,
              "Done in %.0f s, and cleaned up. Next: jitney daemon &, then daprd with Dapr's flags; jitney --help.",
              (System.nanoTime() - began) / 1e9));
    }
    return code;
  }

  private void steps() throws DemoFailure, CommandFailure, IOException, InterruptedException {
    screen.title("Jitney: one Dapr daemon for all apps of a machine");
    startDaemon();
    int[] ports = startApps();
    invoke(ports[0]);
    state(ports);
    many();
  }

  private void startDaemon() throws DemoFailure, CommandFailure, IOException, InterruptedException {
    screen.step("A daemon, with embedded defaults: no Redis, no containers");
    Process daemon = processes.daemon();
    await("the daemon", daemon, "daemon", processes::daemonAnswers);
    JsonObject status = processes.ask("status");
    screen.seen(
        "daemon ready, pid "
            + status.getLong("pid")
            + ", speaks Dapr "
            + status.getString("daprVersion"));
  }

  private int[] startApps() throws DemoFailure, CommandFailure, IOException, InterruptedException {
    screen.step("Two apps, each a process with a virtual sidecar in that daemon");
    int[] ports = new int[4];
    try (FreePorts free = new FreePorts()) {
      for (int i = 0; i < ports.length; i++) {
        ports[i] = free.next();
      }
    }
    Process ordersSidecar = processes.sidecar("orders", ports[0], ports[2]);
    Process stockSidecar = processes.sidecar("stock", ports[1], ports[3]);
    Process orders = processes.app("Orders", ports[0], ports[2]);
    Process stock = processes.app("Stock", ports[1], ports[3]);
    await("the sidecar of orders", ordersSidecar, "sidecar-orders", () -> healthy(ports[2]));
    await("the sidecar of stock", stockSidecar, "sidecar-stock", () -> healthy(ports[3]));
    await(
        "the app orders",
        orders,
        "app-Orders",
        () -> processes.lastLine("app-Orders").contains("listens"));
    await(
        "the app stock",
        stock,
        "app-Stock",
        () -> processes.lastLine("app-Stock").contains("listens"));
    screen.seen(
        "orders (pid "
            + orders.pid()
            + ") and stock (pid "
            + stock.pid()
            + ") run; they know Dapr's API and nothing else");
    screen.note(
        "daprd --app-id orders --app-port " + ports[0] + " --dapr-http-port " + ports[2] + " ...");
    screen.note(
        "daprd --app-id stock --app-port " + ports[1] + " --dapr-http-port " + ports[3] + " ...");
    return ports;
  }

  private boolean healthy(int port) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1.0/healthz"))
              .timeout(CALL)
              .build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 204;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void invoke(int orders) throws DemoFailure, IOException, InterruptedException {
    screen.step("orders calls stock through the daemon");
    String answer = post(orders, "/order", "a teapot");
    if (!answer.equals("a teapot is reserved")) {
      throw new DemoFailure(
          "stock was to answer \"a teapot is reserved\", and orders got: " + answer);
    }
    screen.seen("POST .../v1.0/invoke/stock/method/reserve answered: " + answer);
  }

  private void state(int[] ports) throws DemoFailure, IOException, InterruptedException {
    screen.step(
        "Both keep state under the key \"last\" in one store, and neither sees the other's");
    JsonObject ofOrders = new JsonObject(post(ports[0], "/last", ""));
    JsonObject ofStock = new JsonObject(post(ports[1], "/last", ""));
    if (!"a teapot".equals(ofOrders.getString("order"))
        || !"a teapot".equals(ofStock.getString("reserved"))) {
      throw new DemoFailure("orders sees " + ofOrders + ", stock sees " + ofStock);
    }
    screen.seen("orders sees " + ofOrders);
    screen.seen("stock  sees " + ofStock);
    List<String> keys = keys();
    if (!keys.contains("orders||last") || !keys.contains("stock||last")) {
      throw new DemoFailure("the store holds " + keys);
    }
    screen.note(
        "in the store they are "
            + String.join(" and ", keys)
            + ", as Dapr's own sidecars would write them");
  }

  private List<String> keys() throws DemoFailure {
    List<String> keys = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + processes.store());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT key FROM state ORDER BY key")) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    } catch (SQLException failure) {
      throw new DemoFailure("cannot look into the store: " + failure.getMessage());
    }
    return keys;
  }

  private String post(int port, String path, String body)
      throws DemoFailure, IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(CALL)
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new DemoFailure(
          "the app answered " + response.statusCode() + " to " + path + ": " + response.body());
    }
    return response.body();
  }

  private void many() throws DemoFailure, CommandFailure, IOException, InterruptedException {
    screen.step("More apps with the same store: what each costs");
    String form = "%6s   %15s   %17s   %23s";
    screen.row(
        String.format(
            Locale.ROOT,
            form,
            "apps",
            "daemon memory",
            "store connections",
            "memory per further app"));
    Footprint first = footprint();
    screen.row(String.format(Locale.ROOT, form, 2, first.megabytes(), first.connections(), ""));
    int running = 2;
    for (int target : List.of(10, 50, 100, most)) {
      if (target <= running || target > most) {
        continue;
      }
      open(running, target);
      running = target;
      Footprint now = footprint();
      String each = each(first, now, running - 2);
      screen.row(
          String.format(Locale.ROOT, form, running, now.megabytes(), now.connections(), each));
    }
    screen.seen(
        running
            + " apps in one daemon; "
            + running
            + " separate sidecars hold "
            + running
            + " connections and some 19 MB each");
  }

  private static String each(Footprint first, Footprint now, int further) {
    if (first.bytes() < 0) {
      return "";
    }
    double megabytes = (now.bytes() - first.bytes()) / 1048576.0 / further;
    return megabytes < 0.1 ? "< 0.1 MB" : String.format(Locale.ROOT, "%.1f MB", megabytes);
  }

  private record Footprint(long bytes, int connections) {
    String megabytes() {
      return bytes < 0 ? "unknown" : String.format(Locale.ROOT, "%.0f MB", bytes / 1048576.0);
    }
  }

  /**
   * The least of some looks: what just-in-time compilation and the like take for a moment is
   * nobody's.
   */
  private Footprint footprint() throws IOException, InterruptedException {
    long least = Long.MAX_VALUE;
    int connections = 0;
    for (int i = 0; i < LOOKS; i++) {
      JsonObject status = processes.status();
      least = Math.min(least, status.getJsonObject("memory").getLong("pss"));
      connections = 0;
      for (Object pool : status.getJsonArray("pools", new JsonArray())) {
        connections += ((JsonObject) pool).getInteger("connections");
      }
      screen.progress("measuring");
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    screen.progressDone();
    return new Footprint(least, connections);
  }

  private void open(int running, int target)
      throws DemoFailure, CommandFailure, IOException, InterruptedException {
    for (int next = running; next < target; next += BATCH) {
      int upTo = Math.min(target, next + BATCH);
      Process last = null;
      for (int i = next; i < upTo; i++) {
        last = processes.sidecar("app-" + (i + 1), 0, 0);
      }
      if (last != null) {
        await("app-" + upTo, last, "sidecar-app-" + upTo, () -> runningInstances() >= upTo);
      }
      screen.progress(upTo + " apps");
    }
    screen.progressDone();
  }

  private int runningInstances() {
    try {
      return processes.ask("status").getJsonObject("instances").getInteger("running", 0);
    } catch (IOException gone) {
      return -1;
    }
  }

  /**
   * Waits for something that a process is to bring about; fails when it ends instead, with what it
   * said.
   */
  private void await(String what, Process process, String log, BooleanSupplier there)
      throws DemoFailure, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!there.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new DemoFailure(
            what
                + " ended with exit code "
                + process.exitValue()
                + ", saying: "
                + processes.lastLine(log));
      }
      if (System.nanoTime() > end) {
        throw new DemoFailure(
            what
                + " did not come within "
                + START_SECONDS
                + " s; it said: "
                + processes.lastLine(log));
      }
      Thread.sleep(20);
    }
  }
}
