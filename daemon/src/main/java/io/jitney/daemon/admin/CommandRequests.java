package io.jitney.daemon.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlSignal;
import io.jitney.daemon.control.LauncherSession;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.sidecar.NodeSidecar;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers what the command line asks of the daemon: {@code {"op": "status" | "apps" | "policy" |
 * "top" | "usage" | "stop" | "logs"}}. An answer with {@code error} is a line for the user that
 * says what to do next. Any thread.
 */
public final class CommandRequests {
  private static final int MOST_LINES = 10_000;

  private final NodeStatus status;
  private final UsageHistory usage;
  private final Map<LauncherSession, List<Runnable>> following = new ConcurrentHashMap<>();

  public CommandRequests(NodeStatus status) {
    this(status, new UsageHistory(status.registry()));
  }

  /**
   * @param usage what tenants had used at moments of the past; whose it is starts and closes it
   */
  public CommandRequests(NodeStatus status, UsageHistory usage) {
    this.status = status;
    this.usage = usage;
  }

  /** One request. */
  public void accept(JsonObject request, LauncherSession session) {
    String op = request.getString("op", "");
    switch (op) {
      case "status" -> {
        if (request.getBoolean("collect", false)) {
          System.gc(); // whoever asks wants to know what is held, not what is lying about
        }
        session.json(status.node());
      }
      case "apps" -> session.json(new JsonObject().put("apps", AppTable.of(status)));
      case "policy" ->
          session.json(
              PolicyTable.of(
                  status.registry(),
                  request.getString("app", ""),
                  request.getString("namespace", "")));
      case "top" -> session.json(top());
      case "usage" -> {
        Long seconds = request.getLong("sinceSeconds");
        session.json(usage.usage(seconds == null ? null : Duration.ofSeconds(seconds)));
      }
      case "stop" -> session.json(stop(request.getString("app", "")));
      case "logs" -> logs(request, session);
      default ->
          session.json(
              error(
                  "the daemon does not know the request \""
                      + op
                      + "\": is it older than the command?"));
    }
  }

  /** The session has ended. */
  public void gone(LauncherSession session) {
    List<Runnable> ends = following.remove(session);
    if (ends != null) {
      ends.forEach(Runnable::run);
    }
  }

  private JsonObject top() {
    JsonArray tenants = new JsonArray();
    status.registry().tenants().forEach(tenant -> tenants.add(TenantCounters.of(tenant)));
    return new JsonObject().put("nanos", System.nanoTime()).put("tenants", tenants);
  }

  private static JsonObject error(String line) {
    return new JsonObject().put("error", line);
  }

  private JsonObject stop(String app) {
    List<NodeSidecar> found = find(app);
    String trouble = trouble(app, found);
    if (!trouble.isEmpty()) {
      return error(trouble);
    }
    List<NodeSidecar> launched =
        found.stream().filter(sidecar -> sidecar.origin() == NodeSidecar.Origin.LAUNCHER).toList();
    if (launched.isEmpty()) {
      return error(
          app
              + " is declared in an apps file: take it out of there, and it closes (jitney apps -o json names the file)");
    }
    launched.forEach(sidecar -> sidecar.signal(ControlSignal.TERM));
    return new JsonObject().put("stopped", launched.size());
  }

  /**
   * By {@code namespace/app-id}, or by app id where it is in one namespace only; the oldest first.
   */
  private List<NodeSidecar> find(String app) {
    List<NodeSidecar> found = new ArrayList<>();
    for (NodeSidecar sidecar : status.sidecars().all()) {
      AppInstance instance = sidecar.instance();
      if (instance != null
          && (instance.appId().equals(app) || instance.tenant().toString().equals(app))) {
        found.add(sidecar);
      }
    }
    found.sort(Comparator.comparingLong(CommandRequests::number));
    return found;
  }

  private static long number(NodeSidecar sidecar) {
    AppInstance instance = sidecar.instance();
    return instance == null ? 0 : instance.id().number();
  }

  /** Why an app cannot be meant; "" when it can. */
  private static String trouble(String app, List<NodeSidecar> found) {
    if (app.isEmpty()) {
      return "name an app: jitney apps lists them";
    }
    if (found.isEmpty()) {
      return "no app " + app + " runs here: jitney apps lists those that do";
    }
    Set<String> tenants = new TreeSet<>();
    for (NodeSidecar sidecar : found) {
      AppInstance instance = sidecar.instance();
      if (instance != null) {
        tenants.add(instance.tenant().toString());
      }
    }
    return tenants.size() < 2
        ? ""
        : app + " is in several namespaces: say which of " + String.join(", ", tenants);
  }

  private void logs(JsonObject request, LauncherSession session) {
    String app = request.getString("app", "");
    int lines = Math.clamp(request.getInteger("lines", 100), 0, MOST_LINES);
    List<NodeSidecar> found = find(app);
    String trouble = trouble(app, found);
    if (!trouble.isEmpty()) {
      session.stderr(("jitney: " + trouble + "\n").getBytes(UTF_8));
      session.exit(1);
      return;
    }
    boolean several = found.size() > 1;
    if (!request.getBoolean("follow", false)) {
      for (NodeSidecar sidecar : found) {
        sidecar.log().last(lines).forEach(line -> session.stdout(marked(sidecar, several, line)));
      }
      session.exit(0);
      return;
    }
    List<Runnable> ends = new ArrayList<>();
    AtomicInteger left = new AtomicInteger(found.size());
    for (NodeSidecar sidecar : found) {
      ends.add(
          sidecar
              .log()
              .follow(
                  lines,
                  line -> session.stdout(marked(sidecar, several, line)),
                  () -> {
                    if (left.decrementAndGet() == 0) {
                      following.remove(session);
                      session.exit(0);
                    }
                  }));
    }
    following.put(session, ends);
    if (!session.isOpen()) { // it ended while we began
      gone(session);
    }
  }

  private static byte[] marked(NodeSidecar sidecar, boolean several, byte[] line) {
    return several
        ? ("[" + number(sidecar) + "] " + new String(line, UTF_8)).getBytes(UTF_8)
        : line;
  }
}
