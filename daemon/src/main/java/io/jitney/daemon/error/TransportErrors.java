package io.jitney.daemon.error;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/**
 * What Go's HTTP and gRPC clients say about a connection that failed: these texts reach Dapr's
 * users inside errors.
 */
public final class TransportErrors {
  private TransportErrors() {}

  /**
   * {@code Get "http://127.0.0.1:3000/x": EOF}: what Go's HTTP client says.
   *
   * @param maxHeaderSize limit of answer headers on that connection
   */
  public static String http(
      String verb, String url, Throwable cause, String host, int port, int maxHeaderSize) {
    return http(verb, url, httpCause(cause, host, port, maxHeaderSize));
  }

  /** The same with a cause given. */
  public static String http(String verb, String url, String cause) {
    String word =
        verb.substring(0, 1).toUpperCase(Locale.ROOT) + verb.substring(1).toLowerCase(Locale.ROOT);
    return word + " \"" + url + "\": " + cause;
  }

  private static String httpCause(Throwable cause, String host, int port, int maxHeaderSize) {
    Throwable root = root(cause);
    if (root instanceof TooLongHttpHeaderException || root instanceof TooLongHttpLineException) {
      return "net/http: HTTP/1.x transport connection broken: net/http: server response headers exceeded "
          + maxHeaderSize
          + " bytes; aborted";
    }
    if (root instanceof HttpClosedException) {
      return "EOF";
    }
    if (root instanceof StreamResetException reset) {
      return "stream error: stream ID 1; " + http2Code(reset.getCode()) + "; received from peer";
    }
    if (root instanceof NotSslRecordException) {
      return "tls: first record does not look like a TLS handshake";
    }
    if (root instanceof CertificateException || root instanceof SSLException) {
      return "tls: failed to verify certificate: x509: " + text(root);
    }
    String dial = dial(root, host, port);
    if (!dial.isEmpty()) {
      return dial;
    }
    if (root instanceof ConnectionPoolTooBusyException) {
      return "too many calls wait for a connection to " + host + ":" + port;
    }
    if (root instanceof IOException) {
      return "read tcp " + address(host, port) + ": " + text(root).toLowerCase(Locale.ROOT);
    }
    return "net/http: HTTP/1.x transport connection broken: " + text(root);
  }

  /** What dialling failed with; "" when it was something else. */
  private static String dial(Throwable root, String host, int port) {
    String address = "dial tcp " + address(host, port) + ": ";
    if (root instanceof UnknownHostException) {
      return "dial tcp: lookup " + host + ": no such host";
    }
    if (root instanceof ConnectTimeoutException) {
      return address + "i/o timeout";
    }
    if (root instanceof NoRouteToHostException) {
      return address + "connect: no route to host";
    }
    if (root instanceof ConnectException) {
      return address + "connect: connection refused";
    }
    if (root instanceof SocketException && text(root).contains("unreachable")) {
      return address + "connect: network is unreachable";
    }
    return "";
  }

  private static String address(String host, int port) {
    String literal = host.equals("localhost") ? "127.0.0.1" : host;
    return (literal.indexOf(':') >= 0 ? "[" + literal + "]" : literal) + ":" + port;
  }

  /** The status a gRPC call has whose connection failed. */
  public static GrpcStatus grpcStatus(Throwable cause) {
    if (root(cause) instanceof StreamResetException reset) {
      return switch ((int) reset.getCode()) {
        case 7 -> GrpcStatus.UNAVAILABLE;
        case 8 -> GrpcStatus.CANCELLED;
        case 11 -> GrpcStatus.RESOURCE_EXHAUSTED;
        case 12 -> GrpcStatus.PERMISSION_DENIED;
        default -> GrpcStatus.INTERNAL;
      };
    }
    return GrpcStatus.UNAVAILABLE;
  }

  /** The message of that status, as grpc-go's. */
  public static String grpcMessage(Throwable cause, String host, int port) {
    Throwable root = root(cause);
    if (root instanceof StreamResetException reset) {
      return "stream terminated by RST_STREAM with error code: " + http2Code(reset.getCode());
    }
    if (root instanceof NotSslRecordException) {
      return "connection error: desc = \"transport: authentication handshake failed: tls: first record does not"
          + " look like a TLS handshake\"";
    }
    if (root instanceof SSLException || root instanceof CertificateException) {
      return "connection error: desc = \"transport: authentication handshake failed: "
          + text(root)
          + "\"";
    }
    String dial = dial(root, host, port);
    if (!dial.isEmpty()) {
      return dialFailed(dial);
    }
    if (root instanceof HttpClosedException || root instanceof IOException) {
      return "error reading from server: EOF";
    }
    return "connection error: desc = \"error reading server preface: " + text(root) + "\"";
  }

  /** {@code connection error: desc = "transport: Error while dialing: dial tcp ..."}. */
  public static String dialFailed(String dial) {
    return "connection error: desc = \"transport: Error while dialing: " + dial + "\"";
  }

  public static String sendTooLarge(long size, long limit) {
    return "trying to send message larger than max (" + size + " vs. " + limit + ")";
  }

  public static String receivedTooLarge(long size, long limit) {
    return "grpc: received message larger than max (" + size + " vs. " + limit + ")";
  }

  /** As grpc-go says of a message that is too large once it is unpacked. */
  public static String unpackedTooLarge(long limit) {
    return "grpc: received message after decompression larger than max " + limit;
  }

  private static Throwable root(Throwable cause) {
    Throwable at = cause;
    for (int depth = 0; depth < 8; depth++) {
      Throwable below = at.getCause();
      if (known(at) || below == null) {
        return at;
      }
      at = below;
    }
    return at;
  }

  private static boolean known(Throwable cause) {
    return cause instanceof HttpClosedException
        || cause instanceof StreamResetException
        || cause instanceof NotSslRecordException
        || cause instanceof ConnectTimeoutException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException
        || cause instanceof CertificateException;
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String http2Code(long code) {
    return switch ((int) code) {
      case 0 -> "NO_ERROR";
      case 1 -> "PROTOCOL_ERROR";
      case 2 -> "INTERNAL_ERROR";
      case 3 -> "FLOW_CONTROL_ERROR";
      case 4 -> "SETTINGS_TIMEOUT";
      case 5 -> "STREAM_CLOSED";
      case 6 -> "FRAME_SIZE_ERROR";
      case 7 -> "REFUSED_STREAM";
      case 8 -> "CANCEL";
      case 9 -> "COMPRESSION_ERROR";
      case 10 -> "CONNECT_ERROR";
      case 11 -> "ENHANCE_YOUR_CALM";
      case 12 -> "INADEQUATE_SECURITY";
      case 13 -> "HTTP_1_1_REQUIRED";
      default -> Long.toString(code);
    };
  }
}
