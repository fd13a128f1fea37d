package io.jitney.components.bindings.postgresql;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Connection metadata of the PostgreSQL family: a connection string in either form, completed and
 * overridden by single properties.
 *
 * @param timeout of one call
 * @param connections at most
 */
record PostgresSettings(
    PgConnectOptions options, Duration timeout, int connections, Duration maxIdle) {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration MAX_IDLE = Duration.ofMinutes(30);
  private static final int LEAST_CONNECTIONS = 4;
  private static final int MOST_CONNECTIONS = 100;

  static PostgresSettings of(Metadata metadata) {
    LenientMetadata lenient = new LenientMetadata(metadata);
    for (String cloud : new String[] {"useAzureAD", "useAWSIAM"}) {
      if (lenient.truthy(cloud)) {
        throw new ComponentException.Failed(cloud + " is not available");
      }
    }
    Map<String, String> parts = new LinkedHashMap<>();
    String text = lenient.text("connectionString", "url");
    if (text != null && !text.isBlank()) {
      parts.putAll(
          text.startsWith("postgres://") || text.startsWith("postgresql://")
              ? ofUrl(text)
              : ofWords(text));
    }
    override(parts, "host", metadata.get("host", ""));
    override(parts, "host", metadata.get("hostaddr", ""));
    override(parts, "port", metadata.get("port", ""));
    override(parts, "dbname", metadata.get("database", ""));
    override(parts, "user", metadata.get("user", ""));
    override(parts, "password", metadata.get("password", ""));
    override(parts, "sslrootcert", metadata.get("sslRootCert", ""));
    if (parts.isEmpty()) {
      throw new ComponentException.Failed("missing connection string");
    }
    Duration timeout = lenient.duration("timeout", TIMEOUT, "timeoutInSeconds");
    long most = lenient.integer("maxConns", 0);
    if (most <= 1) {
      most = number(parts.getOrDefault("pool_max_conns", ""), 0);
    }
    return new PostgresSettings(
        options(parts),
        timeout.compareTo(Duration.ofSeconds(1)) < 0 ? TIMEOUT : timeout,
        most > 1
            ? (int) Math.min(most, MOST_CONNECTIONS)
            : Math.max(LEAST_CONNECTIONS, Runtime.getRuntime().availableProcessors()),
        lenient.duration("connectionMaxIdleTime", MAX_IDLE));
  }

  private static void override(Map<String, String> parts, String name, String value) {
    if (!value.isEmpty()) {
      parts.put(name, value);
    }
  }

  /** {@code key=value} pairs; values in single quotes may hold blanks. */
  private static Map<String, String> ofWords(String text) {
    Map<String, String> parts = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw new ComponentException.Failed("failed to parse the connection string");
      }
      String name = text.substring(at, equals).strip();
      StringBuilder value = new StringBuilder();
      at = equals + 1;
      boolean quoted = at < text.length() && text.charAt(at) == '\'';
      at += quoted ? 1 : 0;
      while (at < text.length() && text.charAt(at) != (quoted ? '\'' : ' ')) {
        at += text.charAt(at) == '\\' && at + 1 < text.length() ? 1 : 0;
        value.append(text.charAt(at++));
      }
      at++;
      parts.put(name, value.toString());
    }
    return parts;
  }

  private static Map<String, String> ofUrl(String text) {
    Map<String, String> parts = new LinkedHashMap<>();
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException unreadable) { // its message would quote the password
      throw new ComponentException.Failed("failed to parse the connection string as a URL");
    }
    String user = uri.getRawUserInfo();
    if (user != null) {
      String[] pair = user.split(":", 2);
      parts.put("user", decoded(pair[0]));
      if (pair.length == 2) {
        parts.put("password", decoded(pair[1]));
      }
    }
    if (uri.getHost() != null) {
      parts.put("host", uri.getHost());
    }
    if (uri.getPort() > 0) {
      parts.put("port", Integer.toString(uri.getPort()));
    }
    String path = uri.getPath();
    if (path != null && path.length() > 1) {
      parts.put("dbname", path.substring(1));
    }
    if (uri.getRawQuery() != null) {
      for (String parameter : uri.getRawQuery().split("&")) {
        String[] pair = parameter.split("=", 2);
        parts.put(decoded(pair[0]), pair.length == 2 ? decoded(pair[1]) : "");
      }
    }
    return parts;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static PgConnectOptions options(Map<String, String> parts) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(parts.getOrDefault("host", "localhost"))
            .setPort((int) number(parts.getOrDefault("port", ""), 5432))
            .setUser(parts.getOrDefault("user", "postgres"))
            .setPassword(parts.getOrDefault("password", ""))
            .setCachePreparedStatements(false);
    options.setDatabase(
        parts.getOrDefault("dbname", parts.getOrDefault("database", options.getUser())));
    // Literals are quoted for it.
    options.addProperty("standard_conforming_strings", "on");
    options.addProperty("client_encoding", "utf-8");
    parts.forEach(
        (name, value) -> {
          switch (name) {
            case "application_name", "search_path", "timezone", "options", "statement_timeout" ->
                options.addProperty(name, value);
            default -> {}
          }
        });
    tls(options, parts);
    return options;
  }

  private static void tls(PgConnectOptions options, Map<String, String> parts) {
    String rootCa = parts.getOrDefault("sslrootcert", "");
    String mode = parts.getOrDefault("sslmode", "prefer").toLowerCase(Locale.ROOT);
    SslMode ssl =
        switch (mode) {
          case "disable" -> SslMode.DISABLE;
          case "allow" -> SslMode.ALLOW;
          case "prefer" -> SslMode.PREFER;
          case "require" -> rootCa.isEmpty() ? SslMode.REQUIRE : SslMode.VERIFY_CA;
          case "verify-ca" -> SslMode.VERIFY_CA;
          case "verify-full" -> SslMode.VERIFY_FULL;
          default -> throw new ComponentException.Failed("sslmode is invalid");
        };
    options.setSslMode(ssl);
    if (ssl == SslMode.DISABLE) {
      return;
    }
    boolean verified = ssl == SslMode.VERIFY_CA || ssl == SslMode.VERIFY_FULL;
    ClientSSLOptions client =
        new ClientSSLOptions()
            .setTrustAll(!verified)
            .setHostnameVerificationAlgorithm(ssl == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (!rootCa.isEmpty()) {
      client.setTrustOptions(
          rootCa.contains("-----BEGIN")
              ? new PemTrustOptions().addCertValue(io.vertx.core.buffer.Buffer.buffer(rootCa))
              : new PemTrustOptions().addCertPath(rootCa));
    }
    options.setSslOptions(client);
  }

  private static long number(String text, long otherwise) {
    try {
      return text.isEmpty() ? otherwise : Long.parseLong(text);
    } catch (NumberFormatException bad) {
      throw new ComponentException.Failed("a number of the connection string is none");
    }
  }

  @Override
  public String toString() {
    return "PostgresSettings[]"; // the password stays out of logs
  }
}
