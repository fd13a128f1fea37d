package io.jitney.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A copy of the launchers in a folder of its own, laid out as {@code daemon/} is, whose {@code
 * bin/jitney} (the private daemon) only says how it was called.
 */
final class LauncherKit {
  /** The two programs that must behave alike. */
  enum Kind {
    C,
    PERL
  }

  private static final String PRIVATE_DAEMON =
      """
      #!/bin/sh
      echo "private daemon, pid $$"
      for argument in "$@"; do echo "[$argument]"; done
      exit 42
      """;

  private final Path home;
  private final Kind kind;

  LauncherKit(Path home, Kind kind) throws IOException, InterruptedException {
    this.home = home;
    this.kind = kind;
    copy("bin/daprd");
    copy("src/main/perl/daprd.pl");
    Path jitney = home.resolve("bin/jitney");
    Files.writeString(jitney, PRIVATE_DAEMON);
    Files.setPosixFilePermissions(jitney, PosixFilePermissions.fromString("rwxr-xr-x"));
    if (kind == Kind.C) {
      compile();
    }
  }

  /**
   * False where there is no C compiler: then there is no C launcher to test, in production as here.
   */
  boolean exists() {
    return kind == Kind.PERL || Files.isExecutable(home.resolve("target/launcher/daprd"));
  }

  private void copy(String file) throws IOException {
    Path target = home.resolve(file);
    Files.createDirectories(target.getParent());
    Files.copy(Path.of(file).toAbsolutePath(), target, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private void compile() throws IOException, InterruptedException {
    Process compiler =
        new ProcessBuilder(
                Path.of("src/main/build/compile-launcher.sh").toAbsolutePath().toString(),
                home.resolve("target/launcher/daprd").toString())
            .inheritIO()
            .start();
    if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
      throw new IllegalStateException("the launcher does not compile");
    }
  }

  Path script() {
    return home.resolve("bin/daprd");
  }

  /** The program that the script becomes. */
  List<String> program() {
    return switch (kind) {
      case C -> List.of(home.resolve("target/launcher/daprd").toString());
      case PERL -> List.of("/usr/bin/perl", home.resolve("src/main/perl/daprd.pl").toString());
    };
  }

  /** Starts the program itself with exactly this environment. */
  Process start(Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(program());
    command.addAll(List.of(arguments));
    return start(directory, environment, command);
  }

  /** Starts the program behind a piece of shell that ends in {@code exec "$@"}. */
  Process startBehind(
      String shell, Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", shell, "sh"));
    command.addAll(program());
    command.addAll(List.of(arguments));
    return start(directory, environment, command);
  }

  static Process start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  static void kill(String signal, Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
        .inheritIO()
        .start()
        .waitFor();
  }

  static int exitCode(Process process) throws InterruptedException {
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the launcher did not end within 10 s");
    }
    return process.exitValue();
  }
}
