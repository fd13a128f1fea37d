package io.jitney.loadtest.report;

import io.jitney.loadtest.process.Cores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

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
        ZonedDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx")),
        command,
        line("/proc/cpuinfo", "model name"),
        count("/proc/cpuinfo", "processor"),
        memorySize(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        cores.inWords());
  }

  private static String memorySize() {
    String kilobytes = line("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
    return kilobytes.isEmpty()
        ? "unknown memory"
        : String.format(Locale.ROOT, "%.1f GiB", Long.parseLong(kilobytes) / 1048576.0);
  }

  /** Of the machine, not of the cores that this process was given. */
  private static int count(String file, String name) {
    try {
      return (int)
          Files.readAllLines(Path.of(file)).stream().filter(l -> l.startsWith(name)).count();
    } catch (IOException notThere) {
      return Runtime.getRuntime().availableProcessors();
    }
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
