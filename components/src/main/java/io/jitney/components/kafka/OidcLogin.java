package io.jitney.components.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jitney.components.tls.PemKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.auth.SaslExtensions;
import org.apache.kafka.common.security.auth.SaslExtensionsCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerTokenCallback;
import org.jspecify.annotations.Nullable;

/**
 * Gets tokens for Kafka by the client credentials grant. Made by the client, called on its own
 * threads, which it may block.
 */
public final class OidcLogin implements AuthenticateCallbackHandler {
  static final String OIDC = "jitney.oidc";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Token(String value, Set<String> scope, long lifetimeMs, String principalName)
      implements OAuthBearerToken {
    @Override
    public @Nullable Long startTimeMs() {
      return null;
    }

    @Override
    public String toString() {
      return "Token";
    }
  }

  private @Nullable Oidc oidc;

  @Override
  public void configure(
      Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> entries) {
    oidc = (Oidc) configs.get(OIDC);
  }

  @Override
  public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
    Oidc settings = Objects.requireNonNull(oidc);
    for (Callback callback : callbacks) {
      switch (callback) {
        case OAuthBearerTokenCallback wanted -> wanted.token(token(settings));
        case SaslExtensionsCallback wanted ->
            wanted.extensions(new SaslExtensions(settings.extensions()));
        default -> throw new UnsupportedCallbackException(callback);
      }
    }
  }

  private static Token token(Oidc oidc) throws IOException {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
    if (oidc.tls() != null) {
      client.sslContext(oidc.tls());
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(oidc.endpoint()))
            .timeout(PATIENCE)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "client_credentials");
    form.put("scope", String.join(" ", oidc.scopes()));
    switch (oidc.proof()) {
      case Oidc.Proof.Secret secret ->
          request.header(
              "authorization",
              "Basic " + base64(escaped(oidc.clientId()) + ":" + escaped(secret.secret()), false));
      case Oidc.Proof.Assertion assertion -> {
        form.put("client_id", oidc.clientId());
        form.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.put("client_assertion", signed(oidc, assertion));
        if (!assertion.resource().isEmpty()) {
          form.put("resource", assertion.resource());
        }
      }
    }
    StringBuilder body = new StringBuilder();
    form.forEach(
        (name, value) ->
            body.append(body.isEmpty() ? "" : "&").append(name).append('=').append(escaped(value)));
    request.POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    try (HttpClient open = client.build()) {
      HttpResponse<String> answer =
          open.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("the token endpoint answered " + answer.statusCode());
      }
      JsonNode json = JSON.readTree(answer.body());
      String value = json.path("access_token").asText("");
      if (value.isEmpty()) {
        throw new IOException("the token endpoint sent no access token");
      }
      long seconds = json.path("expires_in").asLong(UNKNOWN_LIFETIME.toSeconds());
      return new Token(
          value,
          Set.copyOf(oidc.scopes()),
          System.currentTimeMillis() + seconds * 1_000,
          oidc.clientId());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }

  private static String signed(Oidc oidc, Oidc.Proof.Assertion assertion) throws IOException {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          assertion.certificate().getBytes(StandardCharsets.US_ASCII)));
      byte[] thumb = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
      Map<String, Object> header = new LinkedHashMap<>();
      header.put("alg", "RS256");
      header.put("typ", "JWT");
      header.put("x5t", Base64.getUrlEncoder().withoutPadding().encodeToString(thumb));
      if (!assertion.keyId().isEmpty()) {
        header.put("kid", assertion.keyId());
      }
      long now = System.currentTimeMillis() / 1_000;
      Map<String, Object> claims = new LinkedHashMap<>();
      claims.put("iss", oidc.clientId());
      claims.put("sub", oidc.clientId());
      claims.put("aud", assertion.audience().isEmpty() ? oidc.endpoint() : assertion.audience());
      claims.put("jti", UUID.randomUUID().toString());
      claims.put("iat", now);
      claims.put("nbf", now);
      claims.put("exp", now + 300);
      String text =
          base64(JSON.writeValueAsString(header), true)
              + "."
              + base64(JSON.writeValueAsString(claims), true);
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(PemKey.read(assertion.key(), "RSA"));
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the client assertion could not be signed"); // the cause may quote it
    }
  }

  private static String base64(String text, boolean url) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return url
        ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
        : Base64.getEncoder().encodeToString(bytes);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    // nothing to give back
  }
}
