package io.jitney.loadtest.process;

import io.jitney.loadtest.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program starts itself in another process. */
final class JavaCommand {
  private JavaCommand() {}

  /** Kafka, or one of its tools, from the jars of a folder. */
  static List<String> kafka(Path jars, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            jars + "/*",
            main));
    command.addAll(arguments);
    return command;
  }

  static List<String> of(String role, String heap, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // One collector thread; a heap of full size from the start, so that it is collected seldom.
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xms" + heap,
            "-Xmx" + heap,
            "-XX:MaxDirectMemorySize=512m",
            "-XX:TieredStopAtLevel=" + (role.equals(Main.APP) ? 1 : 4),
            "-XX:+ExitOnOutOfMemoryError",
            // Its compiler must not make the generator late.
            "-XX:ThreadPriorityPolicy=1",
            "-XX:CompilerThreadPriority=8",
            "-XX:-PrintWarnings",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            role));
    command.addAll(List.of(arguments));
    return command;
  }
}
