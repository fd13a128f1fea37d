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

  /** Ends what was started, in reverse order, and waits for it. */
  @Override
  public void close() {
    List<Process> all;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      all = new ArrayList<>(started.reversed());
    }
    all.forEach(Process::destroy);
    long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    for (Process process : all) {
      try {
        if (!process.waitFor(Math.max(1, patience - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
      } catch (InterruptedException stop) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
    removeFolder();
  }

  private void removeFolder() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException leftover) {
      System.err.println("loadtest: cannot remove " + folder + ": " + leftover.getMessage());
    }
  }
}
