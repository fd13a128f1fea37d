package io.jitney.components.testing;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A PostgreSQL for one test class, of the machine's own package, on a free port; the class is
 * skipped where there is none. It does not run as root: there the user {@code postgres} has it. Use
 * as a static field with {@code @RegisterExtension}.
 */
public final class PostgresServer implements BeforeAllCallback, AfterAllCallback {
  public static final String USER = "jitney";
  public static final String PASSWORD = "s3cret";

  private @Nullable Process process;
  private @Nullable Path folder;
  private int port;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    Path programs = programs();
    Assumptions.assumeTrue(programs != null, "no PostgreSQL on this machine");
    Path data = Files.createTempDirectory("jitney-postgres");
    folder = data;
    Path password = Files.writeString(data.resolve("password"), PASSWORD);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    run(
        programs.resolve("initdb").toString(),
        "-D",
        data.resolve("db").toString(),
        "-U",
        USER,
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--no-sync");
    process =
        start(
            programs.resolve("postgres").toString(),
            "-D",
            data.resolve("db").toString(),
            "-p",
            Integer.toString(port),
            "-h",
            "127.0.0.1",
            "-k",
            data.toString(),
            "-F");
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(this::listens);
  }

  private static @Nullable Path programs() throws IOException {
    Path debian = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(debian)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(debian)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .findFirst()
          .orElse(null);
    }
  }

  private static Process start(String... command) throws IOException {
    List<String> words = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      words.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .directory(new File("/tmp"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process program = start(command);
    if (!program.waitFor(60, TimeUnit.SECONDS) || program.exitValue() != 0) {
      throw new IllegalStateException(command[0] + " failed");
    }
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Process running = process;
    if (running != null) {
      running.descendants().forEach(ProcessHandle::destroy);
      running.destroy();
      running.waitFor(10, TimeUnit.SECONDS);
    }
    Path data = folder;
    if (data != null) {
      start("rm", "-rf", data.resolve("db").toString()).waitFor(10, TimeUnit.SECONDS);
      Files.deleteIfExists(data.resolve("password"));
      Files.deleteIfExists(data);
    }
  }
}
