package io.jitney.daemon.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/**
 * The built daemon as users run it: {@code bin/jitney daemon}, and {@code bin/daprd} for each
 * sidecar.
 */
public final class LauncherDaemon implements TestDaemon {
  private static final int START_SECONDS = 30;

  private final Path bin;
  private final Path socket;
  private final Process process;

  private LauncherDaemon(Path bin, Path socket, Process process) {
    this.bin = bin;
    this.socket = socket;
    this.process = process;
  }

  /** Starts the daemon; aborts (skips) the test where {@code target/dist} was not built. */
  public static LauncherDaemon start() throws IOException, InterruptedException {
    Path module = module();
    Assumptions.assumeTrue(
        Files.exists(module.resolve("target/dist/classpath")),
        "the daemon is not built (daemon/target/dist)");
    Path folder = Files.createTempDirectory("jitney-daemon-");
    Path socket = folder.resolve("d.sock");
    ProcessBuilder builder =
        new ProcessBuilder(
            module.resolve("bin/jitney").toString(),
            "daemon",
            "--http-port=off",
            "--grpc-port=off",
            "--admin-port=off");
    builder.environment().put("JITNEY_SOCKET", socket.toString());
    Path log = folder.resolve("daemon.log");
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!await(START_SECONDS, () -> Files.exists(socket) || !process.isAlive())
        || !process.isAlive()) {
      process.destroyForcibly();
      throw new IOException("the daemon did not open " + socket + ":\n" + Files.readString(log));
    }
    return new LauncherDaemon(module.resolve("bin"), socket, process);
  }

  /** The daemon's module, from its own folder or from the reactor's. */
  private static Path module() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("bin/jitney")) ? here : here.resolve("daemon");
  }

  @Override
  public Sidecar open(SidecarSpec spec) throws Exception {
    SidecarFiles files = SidecarFiles.write(spec);
    int httpPort = FreePort.pick();
    int grpcPort = FreePort.pick();
    List<String> command = new ArrayList<>();
    command.add(bin.resolve("daprd").toString());
    command.add("--app-id=" + spec.appId());
    command.add("--dapr-http-port=" + httpPort);
    command.add("--dapr-grpc-port=" + grpcPort);
    command.add("--dapr-internal-grpc-port=" + FreePort.pick());
    command.add("--metrics-port=" + FreePort.pick());
    command.add("--dapr-listen-addresses=127.0.0.1");
    command.add("--resources-path=" + files.resources());
    command.add("--max-body-size=" + spec.maxBodySize());
    command.add("--dapr-graceful-shutdown-seconds=1");
    SidecarSpec.App app = spec.app();
    if (app != null) {
      command.add("--app-port=" + app.port());
      command.add("--app-protocol=" + app.protocol());
      command.add("--app-max-concurrency=" + app.maxConcurrency());
    }
    Path configuration = files.configuration();
    if (configuration != null) {
      command.add("--config=" + configuration);
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(files.folder().toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("DAPR_") || name.equals("NAMESPACE"));
    environment.putAll(spec.environment());
    environment.put("JITNEY_SOCKET", socket.toString());
    Path log = files.folder().resolve("sidecar-" + spec.appId() + ".log");
    Process launcher = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    LaunchedSidecar sidecar =
        new LaunchedSidecar(spec.appId(), httpPort, grpcPort, launcher, log, files);
    if (!await(START_SECONDS, () -> !launcher.isAlive() || sidecar.isReady())
        || !launcher.isAlive()) {
      String output = Files.readString(log);
      sidecar.close();
      throw new IOException("the sidecar " + spec.appId() + " did not get ready:\n" + output);
    }
    return sidecar;
  }

  @Override
  public void close() {
    stop(process);
  }

  /** With all that it has started, without warning: kill -9. */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static boolean await(int seconds, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  private record LaunchedSidecar(
      String appId, int httpPort, int grpcPort, Process launcher, Path output, SidecarFiles files)
      implements Sidecar {
    boolean isReady() {
      try {
        return http().get("/v1.0/healthz/outbound").status() == 204;
      } catch (IllegalStateException notYet) {
        return false;
      }
    }

    @Override
    public List<String> log() {
      try {
        return Files.readAllLines(output);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      stop(launcher);
      files.delete();
    }
  }
}
