package io.jitney.components.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.jitney.components.spi.GoText;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The client's errors in the words of daprd's client. Pure functions. */
public final class RabbitErrors {
  private static final String CLOSED = "Exception (504) Reason: \"channel/connection is not open\"";

  private RabbitErrors() {}

  public static String describe(Throwable failure, RabbitAddress address) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException refused) { // which the client may take for a bad login
        return "tls: " + refused.getMessage();
      }
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = describeOne(cause, address);
      if (text != null) {
        return text;
      }
    }
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  private static @Nullable String describeOne(Throwable cause, RabbitAddress address) {
    return switch (cause) {
      case AlreadyClosedException e -> reason(e.getReason(), CLOSED);
      case ShutdownSignalException e -> reason(e.getReason(), CLOSED);
      case PossibleAuthenticationFailureException e -> refused(); // and what it is a kind of
      case UnknownHostException e -> "dial tcp: lookup " + address.host() + ": no such host";
      case ConnectException e ->
          "dial tcp "
              + address.hostAndPort()
              + ": connect: "
              + (String.valueOf(e.getMessage()).contains("refused")
                  ? "connection refused"
                  : String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT));
      case SocketTimeoutException e -> "dial tcp " + address.hostAndPort() + ": i/o timeout";
      case TimeoutException e -> "dial tcp " + address.hostAndPort() + ": i/o timeout";
      default -> null;
    };
  }

  private static String refused() {
    return "Exception (403) Reason: \"username or password not allowed\"";
  }

  private static String reason(@Nullable Method method, String otherwise) {
    return switch (method) {
      case AMQP.Channel.Close close -> reason(close.getReplyCode(), close.getReplyText());
      case AMQP.Connection.Close close when close.getReplyCode() != 200 ->
          reason(close.getReplyCode(), close.getReplyText());
      case null, default -> otherwise;
    };
  }

  private static String reason(int code, String text) {
    return "Exception (" + code + ") Reason: " + GoText.quote(text);
  }
}
