package io.jitney.daemon.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jitney.daemon.Daemon;
import io.jitney.daemon.control.ControlSignal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A virtual sidecar of a test: what its launcher would have printed, and its exit code. */
final class RunningSidecar implements SidecarOutput {
  private final StringBuffer out = new StringBuffer();
  private final StringBuffer err = new StringBuffer();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();
  private final Sidecar sidecar;

  private RunningSidecar(
      Daemon daemon, Map<String, String> environment, Path folder, String... arguments) {
    sidecar = new Sidecar(daemon::opener, this, List.of(arguments), environment, folder);
  }

  static RunningSidecar start(Daemon daemon, String... arguments) {
    return start(daemon, Map.of(), Path.of("/tmp"), arguments);
  }

  static RunningSidecar start(
      Daemon daemon, Map<String, String> environment, Path folder, String... arguments) {
    RunningSidecar running = new RunningSidecar(daemon, environment, folder, arguments);
    running.sidecar.start();
    return running;
  }

  @Override
  public void stdout(byte[] lines) {
    out.append(new String(lines, UTF_8));
  }

  @Override
  public void stderr(byte[] lines) {
    err.append(new String(lines, UTF_8));
  }

  @Override
  public void exit(int exitCode) {
    code.complete(exitCode);
  }

  void signal(ControlSignal signal) {
    sidecar.signal(signal);
  }

  void gone() {
    sidecar.gone();
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  boolean ended() {
    return code.isDone();
  }

  int exitCode() throws Exception {
    return code.get(20, TimeUnit.SECONDS);
  }

  /** Waits for a line with {@code text}. */
  RunningSidecar awaitLine(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (out.indexOf(text) < 0) {
      if (System.nanoTime() > end || ended()) {
        throw new AssertionError("no \"" + text + "\" in\n" + out + err);
      }
      Thread.sleep(1);
    }
    return this;
  }

  RunningSidecar awaitReady() throws InterruptedException {
    return awaitLine("dapr initialized. Status: Running.");
  }

  /** A port that the log tells: the number behind {@code before}. */
  int port(String before) {
    Matcher matcher = Pattern.compile(Pattern.quote(before) + "(\\d+)").matcher(out);
    if (!matcher.find()) {
      throw new AssertionError("no \"" + before + "\" in\n" + out);
    }
    return Integer.parseInt(matcher.group(1));
  }

  int httpPort() {
    return port("HTTP server is running on port ");
  }
}
