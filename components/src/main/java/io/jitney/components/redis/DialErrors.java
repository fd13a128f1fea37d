package io.jitney.components.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connection errors in the words of Go's network library, which Dapr's users see. Pure functions.
 */
final class DialErrors {
  private DialErrors() {}

  static String describe(Throwable failure, String address) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = describeOne(cause, address);
      if (text != null) {
        return text;
      }
    }
    return "dial tcp " + address + ": connect: " + lowerFirst(String.valueOf(failure.getMessage()));
  }

  private static @Nullable String describeOne(Throwable cause, String address) {
    String message = String.valueOf(cause.getMessage());
    return switch (cause) {
      case RedisCommandExecutionException answer -> message; // WRONGPASS, NOAUTH, ...
      case io.netty.channel.ConnectTimeoutException e ->
          "dial tcp " + peer(message, address) + ": i/o timeout";
      case NoRouteToHostException e ->
          "dial tcp " + peer(message, address) + ": connect: no route to host";
      case UnknownHostException e -> "dial tcp: lookup " + hostOf(address) + ": no such host";
      case ConnectException e ->
          "dial tcp "
              + peer(message, address)
              + ": connect: "
              + (message.contains("refused") ? "connection refused" : lowerFirst(reason(message)));
      case SSLException e -> "tls: " + lowerFirst(reason(message));
      case java.nio.channels.ClosedChannelException e -> "EOF";
      case io.lettuce.core.RedisCommandTimeoutException e ->
          "dial tcp " + address + ": i/o timeout";
      case RedisConnectionException e ->
          message.contains("Connection closed prematurely")
                  || message.contains("initialization timed out")
              ? message.contains("timed out") ? "dial tcp " + address + ": i/o timeout" : "EOF"
              : null;
      default -> null;
    };
  }

  /** Netty appends {@code : host/10.0.0.1:6379}; Go shows the resolved address only. */
  private static String peer(String message, String address) {
    int slash = message.lastIndexOf('/');
    String peer = slash < 0 ? "" : message.substring(slash + 1);
    boolean ofAddress =
        !peer.isEmpty()
            && peer.chars().allMatch(c -> Character.digit(c, 16) >= 0 || ".:[]%".indexOf(c) >= 0);
    if (!ofAddress) {
      return address;
    }
    int port = peer.lastIndexOf(':');
    String host = peer.substring(0, Math.max(port, 0));
    if (host.indexOf(':') < 0 || host.startsWith("[")) {
      return peer;
    }
    return "[" + (host.equals("0:0:0:0:0:0:0:1") ? "::1" : host) + "]" + peer.substring(port);
  }

  private static String hostOf(String address) {
    int port = address.lastIndexOf(':');
    return port < 0 ? address : address.substring(0, port);
  }

  private static String reason(String message) {
    int peer = message.lastIndexOf(": ");
    return peer < 0 || message.indexOf('/', peer) < 0 ? message : message.substring(0, peer);
  }

  private static String lowerFirst(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
