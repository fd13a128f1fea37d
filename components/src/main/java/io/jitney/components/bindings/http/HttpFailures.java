package io.jitney.components.bindings.http;

import io.jitney.components.spi.ComponentException;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Failures of requests in the words of Go's HTTP client. Pure functions. */
final class HttpFailures {
  private HttpFailures() {}

  static ComponentException explained(
      String verb, String url, TargetUrl target, Throwable failure) {
    Throwable root = root(failure);
    return root instanceof ConnectionPoolTooBusyException
        ? new ComponentException.Overloaded("too many requests wait for " + target.host())
        : TargetUrl.failed(verb, url, cause(target, root));
  }

  private static String cause(TargetUrl target, Throwable root) {
    String literal = target.host().equals("localhost") ? "127.0.0.1" : target.host();
    String address =
        (literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal) + ":" + target.port();
    String dial = "dial tcp " + address + ": ";
    return switch (root) {
      case UnknownHostException e -> "dial tcp: lookup " + target.host() + ": no such host";
      case ConnectTimeoutException e -> dial + "i/o timeout";
      case NoRouteToHostException e -> dial + "connect: no route to host";
      case ConnectException e -> dial + "connect: connection refused";
      case HttpClosedException e -> "EOF";
      case CertificateException e -> "tls: failed to verify certificate: x509: " + text(e);
      case SSLException e -> "tls: " + text(e).toLowerCase(Locale.ROOT);
      case SocketException e -> "read tcp " + address + ": " + text(e).toLowerCase(Locale.ROOT);
      case IOException e -> "read tcp " + address + ": " + text(e).toLowerCase(Locale.ROOT);
      default -> "net/http: HTTP/1.x transport connection broken: " + text(root);
    };
  }

  private static Throwable root(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; depth < 8; depth++) {
      Throwable below = at.getCause();
      boolean known =
          at instanceof ConnectTimeoutException
              || at instanceof NoRouteToHostException
              || at instanceof UnknownHostException
              || at instanceof HttpClosedException
              || at instanceof CertificateException;
      if (known || below == null) {
        return at;
      }
      at = below;
    }
    return at;
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
