package io.jitney.daemon.demo;

import io.jitney.daemon.cli.CommandFailure;
import io.jitney.daemon.cli.JitneyHome;
import io.jitney.daemon.control.ControlClient;
import io.jitney.daemon.control.ControlPath;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The demo's processes and its temporary folder: starts them as a user would, by {@code bin/jitney}
 * and {@code bin/daprd}, and leaves nothing behind.
 */
final class DemoProcesses implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int END_SECONDS = 10;

  private final Path folder;
  private final Path socket;
  private final List<Process> started = new ArrayList<>();
  private boolean keep;
  private @Nullable Process daemon;
  private boolean closed;

  DemoProcesses() throws IOException {
    folder = Files.createTempDirectory("jitney-demo-");
    socket = folder.resolve("daemon.sock");
    Path components = Files.createDirectory(folder.resolve("components"));
    Files.writeString(
        components.resolve("store.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: store
        spec:
          type: state.sqlite
          version: v1
          metadata:
          - name: connectionString
            value: "%s"
        """
            .formatted(store()));
  }

  Path folder() {
    return folder;
  }

  /** The one file that all apps keep their state in. */
  Path store() {
    return folder.resolve("state.db");
  }

  Process daemon() throws IOException, CommandFailure {
    Process process =
        start(
            "daemon",
            Map.of(),
            JitneyHome.file("bin/jitney").toString(),
            "daemon",
            "--http-port=off",
            "--grpc-port=off",
            "--admin-port=off",
            "--default-in-flight=1024");
    daemon = process;
    return process;
  }

  /**
   * A virtual sidecar, by the launcher that Dapr's users start.
   *
   * @param appPort 0: no app
   * @param httpPort 0: any
   */
  Process sidecar(String appId, int appPort, int httpPort) throws IOException, CommandFailure {
    List<String> command = new ArrayList<>();
    command.add(JitneyHome.file("bin/daprd").toString());
    command.add("--app-id=" + appId);
    if (appPort > 0) {
      command.add("--app-port=" + appPort);
    }
    command.add("--dapr-http-port=" + httpPort);
    command.add("--dapr-grpc-port=0");
    command.add("--metrics-port=0");
    command.add("--dapr-listen-addresses=127.0.0.1");
    command.add("--resources-path=" + folder.resolve("components"));
    return start("sidecar-" + appId, Map.of(), command.toArray(String[]::new));
  }

  /** An app from its one source file, by the Java that runs this. */
  Process app(String source, int appPort, int httpPort) throws IOException, CommandFailure {
    return start(
        "app-" + source,
        Map.of("APP_PORT", Integer.toString(appPort), "DAPR_HTTP_PORT", Integer.toString(httpPort)),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        JitneyHome.file("src/main/demo/" + source + ".java").toString());
  }

  private Process start(String name, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    Map<String, String> all = builder.environment();
    // What is set for other daemons and sidecars must not get into this one.
    all.keySet()
        .removeIf(
            key -> key.startsWith("JITNEY_") || key.startsWith("DAPR_") || key.equals("NAMESPACE"));
    all.putAll(new HashMap<>(environment));
    all.put(ControlPath.VARIABLE, socket.toString());
    builder.redirectOutput(log(name).toFile());
    synchronized (this) {
      if (closed) {
        throw new IOException("the demo was stopped");
      }
      Process process = builder.start();
      started.add(process);
      return process;
    }
  }

  /** Where a process's output is. */
  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** The last line of a process's output; "" without one. */
  String lastLine(String name) {
    try {
      List<String> lines = Files.readAllLines(log(name));
      return lines.isEmpty() ? "" : lines.getLast();
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Whether the daemon can be asked. */
  boolean daemonAnswers() {
    try {
      return Files.exists(socket) && ask("status").containsKey("pid");
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The daemon's status, after a garbage collection: what it holds, not what is lying about. */
  JsonObject status() throws IOException {
    return ask(new JsonObject().put("op", "status").put("collect", true));
  }

  JsonObject ask(String op) throws IOException {
    return ask(new JsonObject().put("op", op));
  }

  private JsonObject ask(JsonObject request) throws IOException {
    ControlPath path = ControlPath.of(Map.of(ControlPath.VARIABLE, socket.toString()));
    try (ControlClient client =
        ControlClient.connect(path).orElseThrow(() -> new IOException("the daemon is gone"))) {
      return client.request(request, DEADLINE);
    }
  }

  /**
   * Leaves the folder, for those who look for what went wrong. False when everything is being
   * closed: then nothing went wrong, the user had seen enough.
   */
  synchronized boolean keepFolder() {
    keep = !closed;
    return keep;
  }

  /** Ends all processes, the daemon last, and removes the folder. */
  @Override
  public void close() {
    List<Process> all;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      all = new ArrayList<>(started);
    }
    Process last = daemon;
    all.remove(last);
    end(all);
    if (last != null) {
      end(List.of(last));
    }
    if (!keep) {
      removeFolder();
    }
  }

  private static void end(List<Process> processes) {
    processes.forEach(Process::destroy);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (Process process : processes) {
      try {
        if (!process.waitFor(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException hurry) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeFolder() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException left) {
      System.err.println("jitney: could not remove " + folder + ": " + left.getMessage());
    }
  }
}
