package io.jitney.daemon.invoke;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * Address and name of this host, as daprd puts them into forwarding headers. Looked up once.
 *
 * @param address the one that outgoing connections have
 */
record HostName(String address, String name) {
  static HostName ofThisHost() {
    return new HostName(outgoingAddress(), hostName());
  }

  /** {@code DAPR_HOST_IP} of a sidecar's environment comes first. */
  String addressFor(Map<String, String> environment) {
    String chosen = environment.get("DAPR_HOST_IP");
    return chosen == null || chosen.isEmpty() ? address : chosen;
  }

  private static String outgoingAddress() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName("8.8.8.8"), 80)); // sends nothing
      InetAddress local = socket.getLocalAddress();
      if (!local.isAnyLocalAddress()) {
        return local.getHostAddress();
      }
    } catch (IOException | RuntimeException noRoute) {
      return "127.0.0.1";
    }
    return "127.0.0.1";
  }

  private static String hostName() {
    String ofEnvironment = System.getenv("HOSTNAME");
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException unknown) {
      return ofEnvironment == null || ofEnvironment.isEmpty() ? "localhost" : ofEnvironment;
    }
  }
}
