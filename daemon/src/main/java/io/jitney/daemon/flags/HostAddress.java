package io.jitney.daemon.flags;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.Map;

/**
 * The address under which this host is known to others: {@code DAPR_HOST_IP}, or what the kernel
 * prefers.
 */
final class HostAddress {
  /**
   * Addresses of documentation networks: connecting a datagram socket asks the routing table and
   * sends nothing.
   */
  private static final byte[][] ELSEWHERE = {
    {(byte) 192, 0, 2, 1}, {0x20, 1, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
  };

  private HostAddress() {}

  /** The address as text, "" when there is none. */
  static String of(Map<String, String> environment) {
    String told = environment.getOrDefault("DAPR_HOST_IP", "");
    if (!told.isEmpty()) {
      return told;
    }
    for (byte[] address : ELSEWHERE) {
      try (DatagramChannel channel = DatagramChannel.open()) {
        channel.connect(new InetSocketAddress(InetAddress.getByAddress(address), 80));
        if (channel.getLocalAddress() instanceof InetSocketAddress local
            && !local.getAddress().isAnyLocalAddress()) {
          return local.getAddress().getHostAddress();
        }
      } catch (IOException noRoute) {
        continue;
      }
    }
    return "";
  }
}
