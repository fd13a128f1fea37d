package io.jitney.daemon.invoke;

import io.jitney.daemon.error.InvokeErrors;
import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Which addresses outside of Dapr a tenant may call through the daemon. An app on this host can
 * reach the host's own addresses by itself, so nothing is taken from it. An app elsewhere (a pod)
 * must not get to the node's loopback and link-local services by way of the daemon; names are
 * looked up first, and what was looked up is what is called.
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
    if (onThisHost(caller.settings().connection().host())) {
      return Future.succeededFuture(host);
    }
    return ((VertxInternal) vertx)
        .nameResolver()
        .resolve(host)
        .map(
            address -> {
              if (ofTheNode(address)) {
                throw new InvokeException(InvokeErrors.forbiddenAddress(host));
              }
              return address.getHostAddress();
            });
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

  static boolean ofTheNode(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress();
  }
}
