package io.jitney.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.control.ControlSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Two processes that live and end together: an app and its sidecar. */
final class AppWithSidecar {
  private static final int LISTENING_SECONDS = 60;
  private static final int SIDECAR_END_SECONDS = 30;
  private static final String APP = "== APP == ";

  private final List<String> sidecarCommand;
  private final List<String> appCommand;
  private final Map<String, String> appEnvironment;
  private final int port;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile @Nullable Process sidecar;
  private volatile @Nullable Process app;

  /**
   * @param appCommand empty: the sidecar alone
   * @param appEnvironment what the app gets besides this process's environment
   * @param port the sidecar's HTTP API: the app starts when it listens
   */
  AppWithSidecar(
      List<String> sidecarCommand,
      List<String> appCommand,
      Map<String, String> appEnvironment,
      int port) {
    this.sidecarCommand = sidecarCommand;
    this.appCommand = appCommand;
    this.appEnvironment = appEnvironment;
    this.port = port;
  }

  /** Runs both; returns the app's exit code, or the sidecar's where it ends first. */
  int run() throws IOException, InterruptedException, CommandFailure {
    Signals.toStop(this::signal);
    Process first = new ProcessBuilder(sidecarCommand).redirectErrorStream(true).start();
    sidecar = first;
    Thread sidecarLines = copy(first.getInputStream(), "");
    if (!awaitListening(first)) {
      first.toHandle().destroy();
      int code = first.waitFor();
      sidecarLines.join();
      if (stopping.get()) {
        return code;
      }
      throw new CommandFailure(
          "the sidecar did not start (exit code " + code + "): its lines above say why");
    }
    if (appCommand.isEmpty()) {
      return first.waitFor();
    }
    return withApp(first, sidecarLines);
  }

  private int withApp(Process first, Thread sidecarLines)
      throws IOException, InterruptedException, CommandFailure {
    ProcessBuilder builder = new ProcessBuilder(appCommand).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(appEnvironment);
    Process second;
    try {
      second = builder.start();
    } catch (IOException failure) {
      end(first);
      throw new CommandFailure("cannot start the app: " + failure.getMessage());
    }
    app = second;
    if (stopping.get()) { // the signal came before there was an app to get it
      second.toHandle().destroy();
    }
    Thread watch = Thread.ofVirtual().start(() -> endWith(first, second));
    Thread appLines = copy(second.getInputStream(), APP);
    int code = second.waitFor();
    watch.interrupt();
    appLines.join(TimeUnit.SECONDS.toMillis(1)); // a grandchild may hold the stream
    boolean sidecarFirst = !first.isAlive() && !stopping.get();
    end(first);
    sidecarLines.join(TimeUnit.SECONDS.toMillis(1));
    if (sidecarFirst) {
      System.err.println(
          "jitney: the sidecar ended before the app, with exit code " + first.exitValue());
      return first.exitValue() == 0 ? code : first.exitValue();
    }
    return code;
  }

  private static void endWith(Process first, Process second) {
    try {
      first.waitFor();
      second.toHandle().destroy();
    } catch (InterruptedException over) {
      // The other one has ended before.
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.toHandle().destroy(); // Process.destroy would close its streams, too
    if (!process.waitFor(SIDECAR_END_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  /** To the app if there is one: its end ends the sidecar, too. */
  private void signal(ControlSignal signal) {
    Process target = app;
    if (target == null) {
      target = sidecar;
    }
    if (signal != ControlSignal.HUP) {
      stopping.set(true);
    }
    if (target != null && target.isAlive()) {
      send(signal, target.pid());
    }
  }

  /** Java itself sends SIGTERM only. */
  private static void send(ControlSignal signal, long pid) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -" + signal.name() + " " + pid).start();
    } catch (IOException noShell) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  private boolean awaitListening(Process process) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LISTENING_SECONDS);
    while (process.isAlive() && !stopping.get() && System.nanoTime() < end) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return true;
      } catch (IOException notYet) {
        Thread.sleep(20);
      }
    }
    return false;
  }

  private static Thread copy(InputStream from, String prefix) {
    return Thread.ofVirtual()
        .start(
            () -> {
              PrintStream out = System.out;
              try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, UTF_8))) {
                String line;
                while ((line = lines.readLine()) != null) {
                  out.println(prefix + line);
                }
              } catch (IOException ended) {
                // With its process.
              }
            });
  }
}
