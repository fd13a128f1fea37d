package io.jitney.components.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.jitney.components.tls.PemTls;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

/**
 * How to log in, and over what.
 *
 * @param client the client's own settings for it; may hold secrets
 * @param identity what tells two logins apart, for the pool key
 */
record KafkaAuth(Map<String, Object> client, Map<String, String> identity) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static KafkaAuth of(Metadata properties, ComponentLog log) {
    LenientMetadata metadata = new LenientMetadata(properties);
    String type = type(properties, log);
    PemTls tls =
        new PemTls(
            pem(properties, "caCert", "kafka error: invalid ca certificate"),
            properties.get("clientCert", ""),
            properties.get("clientKey", ""),
            metadata.truthy("skipVerify"));
    boolean plain = metadata.truthy("disableTls") || type.equals("none");
    if (metadata.truthy("disableTls")) {
      log.info("kafka: TLS connectivity to broker disabled");
    }
    if (tls.insecure()) {
      log.info("kafka: you are using 'skipVerify' to skip server config verify which is unsafe!");
    }
    Map<String, String> identity = new HashMap<>(tls.identity());
    identity.put("auth", type);
    identity.put("plain", Boolean.toString(plain));
    for (String name :
        List.of(
            "saslUsername",
            "saslPassword",
            "saslMechanism",
            "oidcTokenEndpoint",
            "oidcClientID",
            "oidcClientSecret",
            "oidcScopes",
            "oidcExtensions",
            "oidcClientAssertionCert",
            "oidcClientAssertionKey",
            "oidcResource",
            "oidcAudience",
            "oidcKid")) {
      identity.put(name, properties.get(name, ""));
    }
    Map<String, Object> client = new HashMap<>();
    boolean sasl = true;
    switch (type) {
      case "none" -> sasl = false;
      case "certificate" -> {
        sasl = false;
        if (tls.caCert().isEmpty()) {
          throw failed("missing CA certificate property 'caCert' for authType 'certificate'");
        }
      }
      case "mtls" -> {
        sasl = false;
        mutual(properties, tls, metadata.truthy("disableTls"));
      }
      case "password" -> password(properties, client);
      case "oidc", "oidc_private_key_jwt" -> oidc(properties, type, tls, client, log);
      case "awsiam" ->
          throw failed("kafka error: authType 'awsiam' is not available in this build");
      default -> throw failed("kafka error: invalid value for 'authType' attribute");
    }
    if (!plain) {
      client.put(TlsEngines.CONTEXT, context(tls));
      client.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, TlsEngines.class);
      client.put(
          SslConfigs.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM_CONFIG, tls.insecure() ? "" : "https");
    }
    client.put(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        sasl ? (plain ? "SASL_PLAINTEXT" : "SASL_SSL") : (plain ? "PLAINTEXT" : "SSL"));
    return new KafkaAuth(client, identity);
  }

  /** Neither TLS nor a login. */
  boolean isPlain() {
    return "PLAINTEXT".equals(client.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG));
  }

  private static String type(Metadata properties, ComponentLog log) {
    String type = properties.get("authType", "");
    String required = properties.get("authRequired", "");
    if (type.isEmpty() && !required.isEmpty()) {
      log.warn("AuthRequired is deprecated, use AuthType instead.");
      try {
        type =
            !GoText.parseBool(required)
                ? "none"
                : properties.get("saslPassword", "").isEmpty() ? "mtls" : "password";
      } catch (GoText.Unreadable e) {
        throw failed("kafka error: invalid value for 'authRequired' attribute");
      }
    }
    if (type.isEmpty()) {
      throw failed("kafka error: 'authType' attribute was missing or empty");
    }
    return type.toLowerCase(Locale.ROOT);
  }

  private static String pem(Metadata properties, String name, String problem) {
    String text = properties.get(name, "");
    if (!text.isEmpty() && !PemTls.isPem(text)) {
      throw failed(problem);
    }
    return text;
  }

  private static void mutual(Metadata properties, PemTls tls, boolean disabled) {
    pem(properties, "clientCert", "kafka error: invalid client certificate");
    pem(properties, "clientKey", "kafka error: invalid client key");
    if (tls.clientCert().isEmpty() != tls.clientKey().isEmpty()) {
      throw failed("kafka error: clientKey or clientCert is missing");
    }
    if (disabled) {
      throw failed("kafka: cannot configure mTLS authentication when TLSDisable is 'true'");
    }
  }

  private static void password(Metadata properties, Map<String, Object> client) {
    String user = properties.get("saslUsername", "");
    String password = properties.get("saslPassword", "");
    if (user.isEmpty()) {
      throw failed("kafka error: missing SASL Username for authType 'password'");
    }
    if (password.isEmpty()) {
      throw failed("kafka error: missing SASL Password for authType 'password'");
    }
    String mechanism =
        switch (properties.get("saslMechanism", "")) {
          case "SHA-256" -> "SCRAM-SHA-256";
          case "SHA-512" -> "SCRAM-SHA-512";
          default -> "PLAIN";
        };
    String module =
        mechanism.equals("PLAIN")
            ? "org.apache.kafka.common.security.plain.PlainLoginModule"
            : "org.apache.kafka.common.security.scram.ScramLoginModule";
    client.put(SaslConfigs.SASL_MECHANISM, mechanism);
    client.put(
        SaslConfigs.SASL_JAAS_CONFIG,
        module + " required username=" + quoted(user) + " password=" + quoted(password) + ";");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static void oidc(
      Metadata properties, String type, PemTls tls, Map<String, Object> client, ComponentLog log) {
    String endpoint = required(properties, "oidcTokenEndpoint", "OIDC Token Endpoint", type);
    String id = required(properties, "oidcClientID", "OIDC Client ID", type);
    Oidc.Proof proof =
        type.equals("oidc")
            ? new Oidc.Proof.Secret(
                required(properties, "oidcClientSecret", "OIDC Client Secret", type))
            : new Oidc.Proof.Assertion(
                required(properties, "oidcClientAssertionCert", "OIDC Client Assertion Cert", type),
                required(properties, "oidcClientAssertionKey", "OIDC Client Assertion Key", type),
                properties.get("oidcAudience", ""),
                properties.get("oidcResource", ""),
                properties.get("oidcKid", ""));
    String scopes = properties.get("oidcScopes", "");
    if (scopes.isEmpty()) {
      log.warn(
          "Warning: no OIDC scopes specified, using default 'openid' scope only. This is a security"
              + " risk for token reuse.");
      scopes = "openid";
    }
    client.put(
        OidcLogin.OIDC,
        new Oidc(
            endpoint,
            id,
            proof,
            List.of(scopes.split(",", -1)),
            extensions(properties.get("oidcExtensions", ""), type),
            tls.caCert().isEmpty() ? null : context(tls)));
    client.put(SaslConfigs.SASL_MECHANISM, "OAUTHBEARER");
    client.put(SaslConfigs.SASL_LOGIN_CALLBACK_HANDLER_CLASS, OidcLogin.class);
    client.put(
        SaslConfigs.SASL_JAAS_CONFIG,
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
  }

  private static String required(Metadata properties, String name, String what, String type) {
    String value = properties.get(name, "");
    if (value.isEmpty()) {
      throw failed("kafka error: missing " + what + " for authType '" + type + "'");
    }
    return value;
  }

  private static Map<String, String> extensions(String json, String type) {
    if (json.isEmpty()) {
      return Map.of();
    }
    Map<String, String> extensions = null;
    try {
      extensions = JSON.readValue(json, new TypeReference<@Nullable Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      // told below
    }
    if (extensions == null || extensions.isEmpty()) {
      throw failed("kafka error: improper OIDC Extensions format for authType '" + type + "'");
    }
    return Map.copyOf(extensions);
  }

  private static SSLContext context(PemTls tls) {
    try {
      return tls.context();
    } catch (PemTls.Unusable e) {
      throw failed("kafka error: " + e.getMessage());
    }
  }

  private static ComponentException failed(String message) {
    return new ComponentException.Failed(message);
  }

  @Override
  public String toString() {
    return "KafkaAuth";
  }
}
