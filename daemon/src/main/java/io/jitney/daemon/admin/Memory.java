package io.jitney.daemon.admin;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of this process, in bytes.
 *
 * @param heapUsed of the Java heap, dead objects included
 * @param heapCommitted that the heap has from the system
 * @param direct buffers outside of the heap that Java knows of
 * @param proportional the process's share of physical memory (PSS); -1 where the system does not
 *     tell
 */
record Memory(long heapUsed, long heapCommitted, long direct, long proportional) {

  /** Looks; reading the share may take some milliseconds. */
  static Memory now() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long direct = 0;
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      direct += Math.max(0, pool.getMemoryUsed());
    }
    return new Memory(
        memory.getHeapMemoryUsage().getUsed(),
        memory.getHeapMemoryUsage().getCommitted(),
        direct,
        share());
  }

  private static long share() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/smaps_rollup"))) {
        if (line.startsWith("Pss:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException notLinux) {
      // Not known here.
    }
    return -1;
  }
}
