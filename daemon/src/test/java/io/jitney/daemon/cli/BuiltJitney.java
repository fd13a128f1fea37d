package io.jitney.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The built command line, as its users start it; skips tests where nothing is built. */
final class BuiltJitney {
  private final Path module;
  private final Path socket;

  BuiltJitney(Path socket) {
    Path here = Path.of("").toAbsolutePath();
    module = Files.exists(here.resolve("bin/jitney")) ? here : here.resolve("daemon");
    this.socket = socket;
    Assumptions.assumeTrue(
        Files.exists(module.resolve("target/dist/classpath")),
        "the daemon is not built (daemon/target/dist)");
  }

  /** How a command ended. */
  record Ended(int code, String out, String err) {}

  /** Starts {@code bin/PROGRAM} with these arguments. */
  Process start(String program, String... arguments) throws IOException {
    return builder(program, arguments).start();
  }

  ProcessBuilder builder(String program, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(module.resolve("bin").resolve(program).toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("JITNEY_") || name.startsWith("DAPR_"));
    builder.environment().put("JITNEY_SOCKET", socket.toString());
    return builder;
  }

  /** Runs {@code bin/jitney} to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    return end(start("jitney", arguments));
  }

  static Ended end(Process process) throws IOException, InterruptedException {
    byte[][] err = new byte[1][];
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    err[0] = process.getErrorStream().readAllBytes();
                  } catch (IOException e) {
                    err[0] = e.toString().getBytes(UTF_8);
                  }
                });
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    reader.join();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("does not end; so far: " + out);
    }
    return new Ended(process.exitValue(), out, new String(err[0], UTF_8));
  }
}
