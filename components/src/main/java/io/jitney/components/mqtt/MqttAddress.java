package io.jitney.components.mqtt;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Metadata;
import io.jitney.components.tls.PemKey;
import io.jitney.components.tls.PemTls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClientOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/**
 * Where a broker is, who connects and how. Prints neither user nor password.
 *
 * @param uri may hold user and password; its path is not used
 * @param clientId the session's name: whoever connects with it takes the session over
 * @param tls for {@code mqtts} and the like
 * @param cleanSession the broker forgets subscriptions and messages of who is away
 */
public record MqttAddress(URI uri, String clientId, PemTls tls, boolean cleanSession) {
  private static final int LARGEST_MESSAGE = 16 << 20;
  private static final int IN_FLIGHT = 4_096;
  private static final int CONNECT_MILLIS = 20_000;

  /** From {@code url} and the TLS properties. */
  public static MqttAddress of(Metadata metadata, String clientId, boolean cleanSession) {
    String url = metadata.get("url", "");
    if (url.isEmpty()) {
      throw new ComponentException.Failed("missing url");
    }
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) { // whose message quotes the password
      throw new ComponentException.Failed("invalid url");
    }
    String scheme = String.valueOf(uri.getScheme());
    switch (scheme) {
      case "mqtt", "tcp", "mqtts", "tcps", "tls", "ssl" -> {}
      case "ws", "wss" ->
          throw new ComponentException.Failed(
              "invalid url: MQTT over WebSockets is not available in this build");
      default -> throw new ComponentException.Failed("invalid url: unknown scheme " + scheme);
    }
    PemTls tls =
        new PemTls(
            pem(metadata, "caCert"),
            pem(metadata, "clientCert"),
            pem(metadata, "clientKey"),
            false);
    return new MqttAddress(uri, clientId, tls, cleanSession);
  }

  private static String pem(Metadata metadata, String name) {
    String text = metadata.exact(name);
    if (text == null || text.isEmpty()) {
      return "";
    }
    if (!PemTls.isPem(text)) {
      throw new ComponentException.Failed("invalid TLS configuration: invalid " + name);
    }
    return text;
  }

  /** The same broker for another client, which the broker forgets when it goes. */
  public MqttAddress besides(String otherClient) {
    return new MqttAddress(uri, otherClient, tls, true);
  }

  String host() {
    return uri.getHost() == null ? "localhost" : uri.getHost();
  }

  int port() {
    return uri.getPort() > 0 ? uri.getPort() : isTls() ? 8883 : 1883;
  }

  /** For messages. */
  public String hostAndPort() {
    return host() + ":" + port();
  }

  private boolean isTls() {
    return switch (String.valueOf(uri.getScheme())) {
      case "mqtt", "tcp" -> false;
      default -> true;
    };
  }

  MqttClientOptions options() {
    MqttClientOptions options =
        new MqttClientOptions()
            .setClientId(clientId)
            .setCleanSession(cleanSession)
            .setAutoKeepAlive(true)
            .setKeepAliveInterval(30)
            .setMaxInflightQueue(IN_FLIGHT)
            .setMaxMessageSize(LARGEST_MESSAGE);
    options.setAutoAck(false);
    options.setConnectTimeout(CONNECT_MILLIS);
    String login = uri.getRawUserInfo();
    if (login != null && !login.isEmpty()) {
      int colon = login.indexOf(':');
      options.setUsername(decoded(colon < 0 ? login : login.substring(0, colon)));
      if (colon >= 0 && colon + 1 < login.length()) {
        options.setPassword(decoded(login.substring(colon + 1)));
      }
    }
    if (isTls()) {
      options.setSsl(true);
      options.setHostnameVerificationAlgorithm("HTTPS");
      if (!tls.caCert().isEmpty()) {
        options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(tls.caCert())));
      }
      if (!tls.clientCert().isEmpty() && !tls.clientKey().isEmpty()) {
        options.setKeyCertOptions(
            new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(tls.clientCert()))
                .addKeyValue(Buffer.buffer(pkcs8())));
      }
    }
    return options;
  }

  private String pkcs8() {
    String algorithm = tls.clientKey().contains("BEGIN EC ") ? "EC" : "RSA";
    if (tls.clientKey().contains("BEGIN PRIVATE KEY")) {
      return tls.clientKey();
    }
    try {
      byte[] key = PemKey.read(tls.clientKey(), algorithm).getEncoded();
      return "-----BEGIN PRIVATE KEY-----\n"
          + Base64.getMimeEncoder().encodeToString(key)
          + "\n-----END PRIVATE KEY-----\n";
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ComponentException.Failed("invalid TLS configuration: invalid clientKey");
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "MqttAddress[" + hostAndPort() + "]";
  }
}
