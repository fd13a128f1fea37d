package io.jitney.components.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What extensions that start servers have in common. */
final class Servers {
  private static final List<String> PLACES =
      List.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin");

  private Servers() {}

  /** Path of a program; where there is none, the tests that want it are skipped and counted. */
  static String program(String name, Path... more) {
    for (Path candidate : more) {
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    for (String folder : (path + ":" + String.join(":", PLACES)).split(":", -1)) {
      Path candidate = Path.of(folder, name);
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    Assumptions.abort(name + " is not installed");
    throw new IllegalStateException();
  }

  static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Ends a process and what it has started. */
  static void end(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().join();
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
