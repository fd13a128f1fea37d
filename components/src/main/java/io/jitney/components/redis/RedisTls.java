package io.jitney.components.redis;

import io.jitney.components.spi.ComponentException;
import io.lettuce.core.SslOptions;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/**
 * TLS of a Redis connection. Servers are verified against the JVM's trust store.
 *
 * @param insecure the server's certificate is not looked at
 * @param certificate PEM of the client's certificate; empty: none is sent
 * @param key PEM (PKCS #8) of its key; secret
 */
public record RedisTls(boolean insecure, String certificate, String key) {
  static RedisTls of(boolean insecure, String certificate, String key) {
    if (certificate.isEmpty() || key.isEmpty()) {
      return new RedisTls(insecure, "", "");
    }
    RedisTls tls = new RedisTls(insecure, certificate, key);
    try {
      SslContextBuilder.forClient().keyManager(stream(certificate), stream(key));
    } catch (IllegalArgumentException e) {
      // Without the cause: it may quote the key.
      throw new ComponentException.Failed(
          "redis client configuration error: tls: clientCert and clientKey are no certificate and PKCS #8 key in PEM");
    }
    return tls;
  }

  private static ByteArrayInputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  SslOptions options() {
    SslOptions.Builder options = SslOptions.builder().jdkSslProvider();
    if (!certificate.isEmpty()) {
      options.keyManager(() -> stream(certificate), () -> stream(key), new char[0]);
    }
    return options.build();
  }

  /** For the pool key, which is never printed. */
  String identity() {
    return insecure + "\n" + certificate + "\n" + key;
  }

  @Override
  public String toString() {
    return "RedisTls[insecure=" + insecure + "]";
  }
}
