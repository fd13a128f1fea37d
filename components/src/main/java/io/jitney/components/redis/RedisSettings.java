package io.jitney.components.redis;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.StrictMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Connection metadata of the Redis family.
 *
 * @param addresses {@code host:port} of the server, the cluster's nodes or the sentinels
 * @param database ignored for a cluster
 * @param credentials how to log in; never printed
 * @param topology what kind of servers the addresses are
 * @param tls null: plain text
 * @param timeouts how long what may take
 * @param retry what happens when a call fails before it reached the server
 * @param sizing pool settings of daprd's client. Here there is one connection per loop, so they
 *     only keep apart what was configured apart.
 */
public record RedisSettings(
    List<Address> addresses,
    int database,
    Credentials credentials,
    Topology topology,
    @org.jspecify.annotations.Nullable RedisTls tls,
    Timeouts timeouts,
    Retry retry,
    String sizing) {

  public record Address(String host, int port) {
    @Override
    public String toString() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  /** User names and passwords of servers and sentinels; empty: none. */
  public record Credentials(
      String user, String password, String sentinelUser, String sentinelPassword) {
    @Override
    public String toString() {
      return "Credentials";
    }
  }

  /** How servers are found. */
  public sealed interface Topology {
    record Node() implements Topology {}

    record Cluster() implements Topology {}

    record Sentinel(String master) implements Topology {}
  }

  /** {@code idle}: a connection without calls is closed after this time; zero or less: never. */
  public record Timeouts(Duration dial, Duration read, Duration idle) {}

  /** {@code attempts} beyond the first; {@code min} and {@code max} bound the wait between two. */
  public record Retry(int attempts, Duration min, Duration max) {}

  private static final int DEFAULT_PORT = 6379;

  /**
   * Settings of {@code state.redis} and {@code lock.redis}, with their own defaults and the names
   * of old.
   */
  public static RedisSettings forState(Metadata metadata) {
    Map<String, String> properties = new HashMap<>(metadata.properties());
    Duration minRetry = Duration.ofSeconds(2);
    String legacyBackoff = properties.getOrDefault("maxRetryBackoff", "");
    if (properties.getOrDefault("redisMinRetryInterval", "").isEmpty()
        && !legacyBackoff.isEmpty()) {
      try {
        minRetry = Duration.ofNanos(GoText.parseInt(legacyBackoff));
      } catch (GoText.Unreadable e) {
        throw new ComponentException.Failed(
            "redis store error: can't parse maxRetryBackoff field: " + e.getMessage());
      }
    }
    String legacyRetries = properties.getOrDefault("maxRetries", "");
    if (properties.getOrDefault("redisMaxRetries", "").isEmpty() && !legacyRetries.isEmpty()) {
      properties.put("redisMaxRetries", legacyRetries);
    }
    return parse(new Metadata(properties), 3, minRetry);
  }

  /** Settings of {@code pubsub.redis} and {@code bindings.redis}: the client's own defaults. */
  public static RedisSettings forPlain(Metadata metadata) {
    return parse(metadata, 3, Duration.ofMillis(8));
  }

  private static RedisSettings parse(Metadata properties, int maxRetries, Duration minRetry) {
    StrictMetadata metadata = new StrictMetadata(properties);
    String host = metadata.text("redisHost", "");
    int port = metadata.uint16("redisPort", 0);
    int database = Math.clamp(metadata.integer("redisDB", 0), 0, Integer.MAX_VALUE);
    Credentials credentials =
        new Credentials(
            metadata.text("redisUsername", ""),
            metadata.text("redisPassword", ""),
            metadata.text("sentinelUsername", ""),
            metadata.text("sentinelPassword", ""));
    boolean failover = metadata.bool("failover");
    Topology topology =
        failover
            ? new Topology.Sentinel(metadata.text("sentinelMasterName", ""))
            : metadata.text("redisType", "").equals("cluster")
                ? new Topology.Cluster()
                : new Topology.Node();
    boolean enableTls = metadata.bool("enableTLS");
    boolean insecure = metadata.bool("insecureSkipTLSVerify");
    Duration dial =
        orDefault(metadata.duration("dialTimeout", Duration.ZERO), Duration.ofSeconds(5));
    Duration read =
        orDefault(metadata.duration("readTimeout", Duration.ZERO), Duration.ofSeconds(3));
    metadata.duration("writeTimeout", Duration.ZERO);
    Duration idle =
        orDefault(metadata.duration("idleTimeout", Duration.ZERO), Duration.ofMinutes(5));
    Retry retry =
        new Retry(
            Math.clamp(metadata.integer("redisMaxRetries", maxRetries), 0, 100),
            orDefault(metadata.duration("redisMinRetryInterval", minRetry), Duration.ofMillis(8)),
            orDefault(
                metadata.duration("redisMaxRetryInterval", Duration.ZERO), Duration.ofMillis(512)));
    String sizing =
        String.join(
            ",",
            List.of(
                "" + metadata.integer("poolSize", 0),
                "" + metadata.integer("minIdleConns", 0),
                "" + metadata.duration("poolTimeout", Duration.ZERO),
                "" + metadata.duration("maxConnAge", Duration.ZERO),
                "" + metadata.duration("idleCheckFrequency", Duration.ZERO)));
    boolean entra = metadata.bool("useEntraID");
    metadata.integer("ttlInSeconds", 0);
    metadata.check("redis client configuration error: decode failed. ");
    if (entra) {
      throw new ComponentException.Failed(
          "redis client configuration error: Entra ID authentication is not available in this build");
    }
    RedisTls tls =
        enableTls
            ? RedisTls.of(insecure, metadata.text("clientCert", ""), metadata.text("clientKey", ""))
            : null;
    return new RedisSettings(
        addresses(host, port),
        database,
        credentials,
        topology,
        tls,
        new Timeouts(dial, read, idle),
        retry,
        sizing);
  }

  /** Zero means "the client's default", as in daprd. */
  private static Duration orDefault(Duration value, Duration otherwise) {
    return value.isZero() ? otherwise : value;
  }

  private static List<Address> addresses(String hosts, int port) {
    List<Address> addresses = new ArrayList<>();
    for (String part : hosts.split(",", -1)) {
      String text = part.strip();
      if (!text.isEmpty()) {
        addresses.add(address(text, port));
      }
    }
    if (addresses.isEmpty()) {
      addresses.add(new Address("localhost", DEFAULT_PORT));
    }
    return List.copyOf(addresses);
  }

  private static Address address(String text, int port) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    boolean hasPort = bracketed ? text.indexOf("]:") > 0 : colon >= 0 && text.indexOf(':') == colon;
    if (!hasPort) {
      String host = bracketed && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
      return new Address(host, port == 0 ? DEFAULT_PORT : port);
    }
    String host = bracketed ? text.substring(1, text.indexOf("]:")) : text.substring(0, colon);
    String portText = text.substring(colon + 1);
    if (port != 0 && !portText.equals(Integer.toString(port))) {
      throw new ComponentException.Failed(
          "redis client configuration error: redis host "
              + GoText.quote(text)
              + " already contains port "
              + portText
              + ", but redisPort is set to "
              + port
              + "; either remove the port from redisHost or remove the redisPort setting");
    }
    try {
      long number = GoText.parseInt(portText);
      if (number < 0 || number > 0xffff) {
        throw new ComponentException.Failed("dial tcp: address " + portText + ": invalid port");
      }
      return new Address(host.isEmpty() ? "localhost" : host, (int) number);
    } catch (GoText.Unreadable e) {
      throw new ComponentException.Failed("dial tcp: lookup tcp/" + portText + ": unknown port");
    }
  }

  /** The addresses as one text, for messages. */
  public String host() {
    return String.join(",", addresses.stream().map(Address::toString).toList());
  }

  /** Two openings share connections exactly when these keys are equal. */
  PoolKey poolKey() {
    Map<String, String> key = new HashMap<>();
    key.put("addresses", host());
    key.put("database", Integer.toString(database));
    key.put("user", credentials.user());
    key.put("password", credentials.password());
    key.put("sentinelUser", credentials.sentinelUser());
    key.put("sentinelPassword", credentials.sentinelPassword());
    key.put("topology", topology.toString());
    key.put("tls", tls == null ? "off" : tls.identity());
    key.put("timeouts", timeouts.toString());
    key.put("retry", retry.toString());
    key.put("sizing", sizing);
    return new PoolKey("redis", key);
  }

  @Override
  public String toString() {
    return "RedisSettings[" + host() + "/" + database + "]";
  }
}
