package io.jitney.components.pubsub.rabbitmq;

import io.jitney.components.rabbitmq.RabbitAddress;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.RequestMetadata;
import io.jitney.components.tls.PemTls;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of {@code pubsub.rabbitmq}.
 *
 * @param consumer what queues are named after
 * @param deleteUnused exchanges and queues go when nobody uses them
 * @param requeue a message that could not be handled comes again
 * @param deliveryMode 2: messages survive a restart of the broker
 * @param prefetch messages a subscription holds; 0: not set
 * @param maxLength of queues; 0: no limit
 * @param maxBytes of queues; 0: no limit
 * @param ttlMillis of messages that say nothing; null: they stay
 * @param parallel whether messages of one subscription are handled beside each other
 * @param properties whether a message's properties and headers are told as metadata
 */
record RabbitSettings(
    RabbitAddress address,
    String consumer,
    boolean durable,
    boolean deleteUnused,
    String exchangeKind,
    boolean autoAck,
    boolean requeue,
    int deliveryMode,
    int prefetch,
    Duration reconnectPause,
    long maxLength,
    long maxBytes,
    boolean deadLetter,
    boolean confirms,
    @Nullable Long ttlMillis,
    boolean parallel,
    boolean properties) {
  /** What log lines start with. */
  static final String SUBJECT = "rabbitmq pub/sub";

  private static final String PROBLEM = SUBJECT + " error: ";

  static RabbitSettings of(Metadata properties, ComponentLog log) {
    LenientMetadata metadata = new LenientMetadata(properties);
    long mode = metadata.integer("deliveryMode", 0);
    if (mode < 0 || mode > 2) {
      throw failed("invalid RabbitMQ delivery mode, accepted values are between 0 and 2");
    }
    String kind = properties.get("exchangeKind", "");
    if (!kind.isEmpty() && !List.of("fanout", "topic", "direct", "headers").contains(kind)) {
      throw failed("invalid RabbitMQ exchange kind " + kind);
    }
    return new RabbitSettings(
        address(properties, metadata, log),
        properties.get("consumerID", ""),
        flag(properties, metadata, "durable", true),
        flag(properties, metadata, "deletedWhenUnused", true),
        kind.isEmpty() ? "fanout" : kind,
        metadata.truthy("autoAck"),
        metadata.truthy("requeueInFailure"),
        (int) mode,
        Math.clamp(metadata.integer("prefetchCount", 0), 0, 255),
        pause(metadata),
        metadata.integer("maxLen", 0),
        metadata.integer("maxLenBytes", 0),
        metadata.truthy("enableDeadLetter"),
        metadata.truthy("publisherConfirm"),
        ttl(properties),
        parallel(properties),
        metadata.truthy("publishMessagePropertiesToMetadata"));
  }

  private static Duration pause(LenientMetadata metadata) {
    Duration pause = metadata.duration("reconnectWaitSeconds", Duration.ofSeconds(3));
    return pause.isPositive() ? pause : Duration.ofMillis(100);
  }

  private static boolean flag(
      Metadata properties, LenientMetadata metadata, String name, boolean otherwise) {
    return properties.get(name) == null ? otherwise : metadata.truthy(name);
  }

  private static boolean parallel(Metadata properties) {
    String mode = properties.get("concurrencyMode", "");
    return switch (mode) {
      case "", "parallel" -> true;
      case "single" -> false;
      default -> throw new ComponentException.Failed("invalid metadata: concurrencyMode: " + mode);
    };
  }

  private static @Nullable Long ttl(Metadata properties) {
    try {
      Duration ttl = RequestMetadata.timeToLive(properties.properties());
      return ttl == null || ttl.isZero() ? null : ttl.toMillis();
    } catch (ComponentException e) {
      throw failed("parse RabbitMQ ttl metadata with error: " + e.getMessage());
    }
  }

  private static RabbitAddress address(
      Metadata properties, LenientMetadata metadata, ComponentLog log) {
    String text = properties.get("connectionString", "");
    if (text.isEmpty() && !properties.get("host", "").isEmpty()) {
      text = properties.get("host", "");
      log.warn(
          "[DEPRECATION NOTICE] The 'host' argument is deprecated. Use 'connectionString' or"
              + " individual connection arguments instead");
    }
    if (text.isEmpty()) {
      String user = properties.get("username", "");
      String password = properties.get("password", "");
      String login = user.isEmpty() ? "" : escaped(user);
      login += user.isEmpty() || password.isEmpty() ? "" : ":" + escaped(password);
      text =
          properties.get("protocol", "amqp")
              + "://"
              + login
              + (login.isEmpty() ? "" : "@")
              + properties.get("hostname", "localhost");
    }
    URI uri = RabbitAddress.parse(text, PROBLEM);
    PemTls tls =
        new PemTls(
            pem(properties, "caCert"),
            pem(properties, "clientCert"),
            pem(properties, "clientKey"),
            false);
    boolean external = metadata.truthy("saslExternal");
    boolean complete =
        !tls.caCert().isEmpty() && !tls.clientCert().isEmpty() && !tls.clientKey().isEmpty();
    if (external && !complete) {
      throw failed(
          "can only be set to true, when all these properties are set: caCert, clientCert,"
              + " clientKey");
    }
    return new RabbitAddress(
        uri,
        tls,
        external,
        metadata.duration("heartBeat", Duration.ofSeconds(10)),
        properties.get("clientName", ""));
  }

  private static String pem(Metadata properties, String name) {
    String text = properties.exact(name);
    if (text == null || text.isEmpty()) {
      return "";
    }
    if (!PemTls.isPem(text)) {
      throw failed("invalid " + name);
    }
    return text;
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static ComponentException failed(String message) {
    return new ComponentException.Failed(PROBLEM + message);
  }

  @Override
  public String toString() {
    return "RabbitSettings[" + address + "]";
  }
}
