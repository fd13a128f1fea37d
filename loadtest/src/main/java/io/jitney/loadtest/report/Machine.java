package io.jitney.loadtest.report;

import io.jitney.loadtest.process.Cores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * Where and how it was.
 *
 * @param affinity who ran on which core
 */
public record Machine(
    String date,
    String command,
    String cpu,
    int cores,
    String memory,
    String system,
    String java,
    String affinity) {

  public static Machine look(Cores cores, String command) {
    return new Machine(
        ZonedDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx")),
        command,
        line("/proc/cpuinfo", "model name"),
        Runtime.getRuntime().availableProcessors(),
        line("/proc/meminfo", "MemTotal"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        cores.inWords());
  }

  private static String line(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException notThere) {
      // not a Linux: then it is not known
    }
    return "unknown";
  }
}
