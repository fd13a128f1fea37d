package io.jitney.daemon.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Programs of other languages that tests run. */
final class Program {
  private static final int SECONDS = 60;

  private Program() {}

  /** How one ended; {@code output} has both of its streams. */
  record Ended(int code, String output) {}

  /** {@code python3}, or {@code JITNEY_TEST_PYTHON}. */
  static String python() {
    return System.getenv().getOrDefault("JITNEY_TEST_PYTHON", "python3");
  }

  /** Runs one to its end; one that is not there ends with 127, one that takes too long fails. */
  static Ended run(String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("program", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Process process;
      try {
        process = builder.redirectOutput(log.toFile()).start();
      } catch (IOException notThere) {
        return new Ended(127, notThere.getMessage());
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        throw new AssertionError("takes longer than " + SECONDS + " s:\n" + Files.readString(log));
      }
      return new Ended(process.exitValue(), Files.readString(log));
    } finally {
      Files.delete(log);
    }
  }
}
