package io.jitney.loadtest.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** All processes of a run and its temporary folder. Closing ends them and removes it. */
public final class Children implements AutoCloseable {
  private static final long END_SECONDS = 8;

  private final Path folder;
  private final Cores cores;
  private final List<Process> started = new ArrayList<>();
  private final Object ending = new Object();
  private boolean closed;

  public Children(Cores cores) throws IOException {
    this.cores = cores;
    folder = Files.createTempDirectory("jitney-loadtest-");
  }

  /** For what a run needs; gone when this is closed. */
  public Path folder() {
    return folder;
  }

  /** Where a process's output is, unless it is piped. */
  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** The last lines of a process's output. */
  String lastLines(String name) {
    try {
      // Bytes of a foreign program: whatever they are, they must not hide what went wrong.
      String text = new String(Files.readAllBytes(log(name)), StandardCharsets.ISO_8859_1);
      List<String> lines = text.lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Starts one, its output in {@link #log}. */
  Process start(String name, Cores.Role role, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = builder(role, environment, command);
    builder.redirectErrorStream(true).redirectOutput(log(name).toFile());
    return start(builder);
  }

  /** Starts one that is spoken with over its streams; what it complains of is in {@link #log}. */
  Process startPiped(String name, Cores.Role role, List<String> command) throws IOException {
    ProcessBuilder builder = builder(role, Map.of(), command);
    builder.redirectError(log(name).toFile());
    return start(builder);
  }

  private ProcessBuilder builder(
      Cores.Role role, Map<String, String> environment, List<String> command) {
    List<String> all = new ArrayList<>(cores.prefix(role));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
    // What is set for other daemons and sidecars must not get into these.
    builder
        .environment()
        .keySet()
        .removeIf(
            key ->
                (key.startsWith("JITNEY_") && !key.equals("JITNEY_JAVA_OPTIONS"))
                    || key.startsWith("DAPR_")
                    || key.equals("NAMESPACE"));
    builder.environment().putAll(environment);
    return builder;
  }

  private synchronized Process start(ProcessBuilder builder) throws IOException {
    if (closed) {
      throw new IOException("the load test was stopped");
    }
    Process process = builder.start();
    started.add(process);
    return process;
  }

  /**
   * Ends what was started, in reverse order, and waits for it; a second call waits for the first.
   */
  @Override
  public void close() {
    List<Process> all;
    synchronized (this) {
      closed = true;
      all = new ArrayList<>(started.reversed());
      started.clear();
    }
    // The main thread and the hook of a Ctrl-C may both come here: the process must not end before
    // this has.
    synchronized (ending) {
      end(all);
      removeFolder();
    }
  }

  private static void end(List<Process> all) {
    // A script that is a peer's daprd may have children; looked for once, because it means to look
    // at all processes.
    List<ProcessHandle> below =
        all.isEmpty() ? List.of() : ProcessHandle.current().descendants().toList();
    // Nothing of it is to be kept, so nothing needs the time that a graceful end takes.
    all.forEach(Process::destroyForcibly);
    below.forEach(ProcessHandle::destroyForcibly);
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (Process process : all) {
      try {
        process.waitFor(Math.max(1, patience - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeFolder() {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException leftover) {
      System.err.println("loadtest: cannot remove " + folder + ": " + leftover.getMessage());
    }
  }
}
