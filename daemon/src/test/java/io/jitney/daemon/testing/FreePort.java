package io.jitney.daemon.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for tests: below the range that outgoing connections take, so that nobody else gets them
 * meanwhile.
 */
public final class FreePort {
  private static final int FIRST = 20_001;
  private static final int LAST = 32_000;
  private static final AtomicInteger next =
      new AtomicInteger((int) (FIRST + ProcessHandle.current().pid() * 97 % (LAST - FIRST)));

  private FreePort() {}

  public static int pick() throws IOException {
    for (int tries = 0; tries < LAST - FIRST; tries++) {
      int port = FIRST + Math.floorMod(next.incrementAndGet() - FIRST, LAST - FIRST);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new IOException("no free port");
  }
}
