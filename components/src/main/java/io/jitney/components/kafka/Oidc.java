package io.jitney.components.kafka;

import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from. Nothing of it is printed.
 *
 * @param endpoint of the token server
 * @param clientId of the application
 * @param proof what shows that it is the application
 * @param scopes asked for
 * @param extensions SASL extensions sent along with the token
 * @param tls how to trust the token server; null: as the JVM does
 */
record Oidc(
    String endpoint,
    String clientId,
    Proof proof,
    List<String> scopes,
    Map<String, String> extensions,
    @Nullable SSLContext tls) {
  /** How the application proves itself. */
  sealed interface Proof {
    /** A secret that both know. */
    record Secret(String secret) implements Proof {
      @Override
      public String toString() {
        return "Secret";
      }
    }

    /**
     * A token signed with the application's key (RFC 7523).
     *
     * @param certificate PEM; its thumbprint goes along
     * @param key PEM, secret
     * @param audience for whom it is; empty: the token endpoint
     * @param resource asked for along with the token; empty: none
     * @param keyId named in the token; empty: none
     */
    record Assertion(String certificate, String key, String audience, String resource, String keyId)
        implements Proof {
      @Override
      public String toString() {
        return "Assertion";
      }
    }
  }

  @Override
  public String toString() {
    return "Oidc";
  }
}
