package io.jitney.daemon.channel;

import io.jitney.daemon.instance.InstanceSettings.AppEndpoint;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An app's address as one channel alone knows it, so that no other channel gets its connections:
 * ports pass from app to app, and a process that gave its port up may have kept its connections. It
 * must not be handed the calls, and with them the token, of the app that has the port next.
 *
 * <p>Pools know servers by name. An address is given a name of its own and the client stays shared;
 * a name cannot be renamed, so its channel gets a client of its own.
 *
 * @param address to connect to
 * @param owner for {@link ClientKind#owner}
 */
record OwnServer(SocketAddress address, long owner) {

  /**
   * @param number that no other channel has
   */
  static OwnServer of(AppEndpoint app, long number) {
    InetAddress literal;
    try {
      literal = InetAddress.ofLiteral(app.host());
    } catch (IllegalArgumentException name) {
      return new OwnServer(SocketAddress.inetSocketAddress(app.dialPort(), app.host()), number);
    }
    return new OwnServer(
        SocketAddress.inetSocketAddress(
            new InetSocketAddress(named(literal, "app-" + number), app.dialPort())),
        ClientKind.SHARED);
  }

  private static InetAddress named(InetAddress address, String name) {
    try {
      return address instanceof Inet6Address six
          ? Inet6Address.getByAddress(name, six.getAddress(), six.getScopeId())
          : InetAddress.getByAddress(name, address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are always an address", e);
    }
  }
}
