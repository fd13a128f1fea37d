package io.jitney.loadtest.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes take, read from /proc. A process that is gone takes nothing. */
public final class Usage {
  private static final double TICKS_PER_SECOND = 100;
  private static final int PAGE_BYTES = 4096;

  private Usage() {}

  /** Seconds of CPU time, user and system, since they were started. */
  public static double cpuSeconds(List<Long> pids) {
    double ticks = 0;
    for (long pid : pids) {
      String stat = read(pid, "stat");
      // The name in parentheses may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
      if (fields.length > 12) {
        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Bytes of resident memory, shared pages counted for each process. */
  public static long rss(List<Long> pids) {
    long pages = 0;
    for (long pid : pids) {
      String[] fields = read(pid, "statm").split(" ");
      pages += fields.length > 1 ? Long.parseLong(fields[1]) : 0;
    }
    return pages * PAGE_BYTES;
  }

  /** Bytes of memory, pages shared by n processes counted for one n-th; 0 where not to be had. */
  public static long pss(List<Long> pids) {
    long kilobytes = 0;
    for (long pid : pids) {
      for (String line : read(pid, "smaps_rollup").split("\n")) {
        if (line.startsWith("Pss:")) {
          kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    }
    return kilobytes * 1024;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file)).strip();
    } catch (IOException gone) {
      return "";
    }
  }
}
