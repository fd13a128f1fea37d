package io.jitney.daemon.invoke;

import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.InstanceSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * Which addresses outside of Dapr a tenant may call through the daemon. An app on this host can
 * reach the host's own addresses by itself, so nothing is taken from it. An app elsewhere (a pod, a
 * caller that is known by its token alone) must not get to the node by way of the daemon: neither
 * to loopback and link-local services, nor to any of its addresses, where the daemon's own
 * listeners would take the call for one that comes from the node. Names are looked up first, and
 * what was looked up is what is called.
 */
final class Egress {
  private final Vertx vertx;

  Egress(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * The host to connect to in place of {@code host}; fails with {@link InvokeException} when it is
   * not allowed, or with what looking it up failed with.
   */
  Future<String> allowed(AppInstance caller, String host) {
    if (onThisHost(caller.settings())) {
      return Future.succeededFuture(host);
    }
    return ((VertxInternal) vertx)
        .nameResolver()
        .resolve(host)
        .compose(
            address ->
                // The kernel is asked for all interfaces, which may be many: not on a loop.
                vertx
                    .executeBlocking(() -> ofTheNode(address), false)
                    .map(own -> check(host, address, own)));
  }

  private static String check(String host, InetAddress address, boolean own) {
    if (own) {
      throw new InvokeException(InvokeErrors.forbiddenAddress(host));
    }
    return address.getHostAddress();
  }

  /**
   * Whether the app behind an instance runs here. One without an app port is where its callers are:
   * here if it has listeners of its own, else wherever a token for the node's listener is.
   */
  private static boolean onThisHost(InstanceSettings settings) {
    InstanceSettings.Listen listen = settings.listen();
    boolean callersHere =
        listen.httpPort() >= 0 || listen.grpcPort() >= 0 || settings.unixSocketFolder() != null;
    return (settings.app() != null || callersHere) && onThisHost(settings.connection().host());
  }

  /**
   * An app is called by address; one that is called by name is taken to be elsewhere, {@code
   * localhost} excepted.
   */
  private static boolean onThisHost(String appHost) {
    if (appHost.equals("localhost")) {
      return true;
    }
    boolean literal =
        appHost.indexOf(':') >= 0 || Character.isDigit(appHost.charAt(appHost.length() - 1));
    if (!literal) {
      return false;
    }
    try {
      InetAddress address = InetAddress.getByName(appHost); // a literal: nothing is looked up
      return address.isLoopbackAddress() || address.isAnyLocalAddress();
    } catch (UnknownHostException notAnAddress) {
      return false;
    }
  }

  /** Blocks for a moment. */
  static boolean ofTheNode(InetAddress address) throws SocketException {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || NetworkInterface.getByInetAddress(address) != null;
  }
}
