package io.jitney.components.rabbitmq;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import io.jitney.components.pool.PoolKey;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.tls.PemTls;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * Where a broker is and how to log in. Prints neither user nor password.
 *
 * @param uri {@code amqp://} or {@code amqps://}; may hold a password
 * @param tls for {@code amqps}
 * @param external the client's certificate is the login
 * @param heartbeat between two signs of life
 * @param clientName what the broker shows the connection as; empty: nothing
 */
public record RabbitAddress(
    URI uri, PemTls tls, boolean external, Duration heartbeat, String clientName) {
  private static final int CONNECT_MILLIS = 30_000;
  private static final int RPC_MILLIS = 20_000;

  /**
   * @param problem what a message about an unreadable URI starts with
   */
  public static URI parse(String text, String problem) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme());
      if (!scheme.equals("amqp") && !scheme.equals("amqps")) {
        throw new ComponentException.Failed(
            problem + "AMQP scheme must be either 'amqp://' or 'amqps://'");
      }
      return uri;
    } catch (URISyntaxException e) { // whose message quotes the URI, and so the password
      throw new ComponentException.Failed(problem + "the connection string is no URI");
    }
  }

  boolean isTls() {
    return "amqps".equals(uri.getScheme());
  }

  String host() {
    return uri.getHost() == null ? "localhost" : uri.getHost();
  }

  int port() {
    return uri.getPort() > 0 ? uri.getPort() : isTls() ? 5671 : 5672;
  }

  /** For messages. */
  public String hostAndPort() {
    return host() + ":" + port();
  }

  ConnectionFactory factory() {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(host());
    factory.setPort(port());
    String login = uri.getRawUserInfo();
    if (login != null) {
      int colon = login.indexOf(':');
      factory.setUsername(decoded(colon < 0 ? login : login.substring(0, colon)));
      factory.setPassword(colon < 0 ? "" : decoded(login.substring(colon + 1)));
    }
    String path = uri.getRawPath();
    if (path != null && path.length() > 1) {
      factory.setVirtualHost(decoded(path.substring(1)));
    }
    if (isTls()) {
      factory.useSslProtocol(context());
      if (!tls.insecure()) {
        factory.enableHostnameVerification();
      }
      if (external) {
        factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
      }
    }
    factory.setRequestedHeartbeat(Math.clamp(heartbeat.toSeconds(), 0, 3_600));
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(CONNECT_MILLIS);
    factory.setChannelRpcTimeout(RPC_MILLIS);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setThreadFactory(Thread.ofVirtual().name("jitney-rabbitmq").factory());
    return factory;
  }

  private SSLContext context() {
    try {
      return tls.context();
    } catch (PemTls.Unusable e) {
      throw new ComponentException.Failed(String.valueOf(e.getMessage()));
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Two openings share a connection for that purpose exactly when these keys are equal. */
  PoolKey key(String purpose) {
    Map<String, String> key = new HashMap<>(tls.identity());
    key.put("uri", uri.toString());
    key.put("external", Boolean.toString(external));
    key.put("heartbeat", heartbeat.toString());
    key.put("clientName", clientName);
    key.put("purpose", purpose);
    return new PoolKey("rabbitmq", key);
  }

  @Override
  public String toString() {
    return "RabbitAddress[" + hostAndPort() + "]";
  }
}
