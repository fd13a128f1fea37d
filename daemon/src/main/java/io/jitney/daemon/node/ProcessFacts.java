package io.jitney.daemon.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel knows of this process and its host; asks no name service, which could block. */
public final class ProcessFacts {
  private static final String HOST = readHost();
  private static final long UID = readUid();

  private ProcessFacts() {}

  /** The kernel's name of this host, as Go's {@code os.Hostname}. */
  public static String host() {
    return HOST;
  }

  /** The user id, 0 where there is none. */
  public static long uid() {
    return UID;
  }

  private static String readHost() {
    try {
      String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
      if (!name.isEmpty()) {
        return name;
      }
    } catch (IOException notLinux) {
      // The environment may know.
    }
    String name = System.getenv("HOSTNAME");
    return name == null || name.isEmpty() ? "localhost" : name;
  }

  private static long readUid() {
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      return uid instanceof Number number ? number.longValue() : 0;
    } catch (IOException | UnsupportedOperationException notLinux) {
      return 0;
    }
  }
}
