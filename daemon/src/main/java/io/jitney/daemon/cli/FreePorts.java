package io.jitney.daemon.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports that are free now. All are held until the last is found, so that no two are the same. */
public final class FreePorts implements AutoCloseable {
  private final List<ServerSocket> held = new ArrayList<>();

  /** One more. */
  public int next() {
    try {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[4]));
      held.add(socket);
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException("no free port", none);
    }
  }

  /** Lets go of them. */
  @Override
  public void close() {
    for (ServerSocket socket : held) {
      try {
        socket.close();
      } catch (IOException e) {
        // Nothing was accepted: nothing is lost.
      }
    }
    held.clear();
  }
}
