package io.jitney.components.bindings.rabbitmq;

import com.rabbitmq.client.Channel;
import io.jitney.components.rabbitmq.RabbitAddress;
import io.jitney.components.rabbitmq.RabbitErrors;
import io.jitney.components.rabbitmq.RabbitLink;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentOpening;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.jitney.components.spi.RequestMetadata;
import io.jitney.components.tls.PemTls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of {@code bindings.rabbitmq}.
 *
 * @param exclusive the queue is its connection's alone, and ends with it
 * @param prefetch messages that come without an acknowledgement; 0: not set
 * @param ttlMillis of messages in the queue; null: they stay
 * @param maxPriority 0 to 255; null: messages have none
 */
record QueueSettings(
    RabbitAddress address,
    String queue,
    boolean durable,
    boolean deleteUnused,
    boolean exclusive,
    int prefetch,
    Duration reconnectPause,
    @Nullable Long ttlMillis,
    @Nullable Integer maxPriority) {
  /** What log lines start with. */
  static final String SUBJECT = "rabbitmq binding";

  private static final Duration RECONNECT = Duration.ofSeconds(5);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  static QueueSettings of(Metadata properties) {
    LenientMetadata metadata = new LenientMetadata(properties);
    String host = properties.get("host", "");
    if (host.isEmpty()) {
      throw new ComponentException.Failed("missing host address");
    }
    String queue = properties.get("queueName", "");
    if (queue.isEmpty()) {
      throw new ComponentException.Failed("missing queue Name");
    }
    Duration pause = metadata.duration("reconnectWaitInSeconds", RECONNECT);
    return new QueueSettings(
        address(host, properties, metadata),
        queue,
        metadata.truthy("durable"),
        metadata.truthy("deleteWhenUnused"),
        metadata.truthy("exclusive"),
        Math.clamp(metadata.integer("prefetchCount", 0), 0, 65_535),
        pause.isPositive() ? pause : Duration.ofMillis(100),
        ttl(properties),
        maxPriority(properties));
  }

  private static RabbitAddress address(String host, Metadata properties, LenientMetadata metadata) {
    PemTls tls =
        new PemTls(
            pem(properties, "caCert", "invalid ca certificate"),
            pem(properties, "clientCert", "invalid client certificate"),
            pem(properties, "clientKey", "invalid client certificate key"),
            false);
    String external = properties.exact("saslExternal");
    return new RabbitAddress(
        RabbitAddress.parse(host, ""),
        tls,
        external == null || external.isEmpty()
            ? metadata.truthy("externalSasl")
            : GoText.isTruthy(external),
        HEARTBEAT,
        "");
  }

  private static String pem(Metadata properties, String name, String problem) {
    String text = properties.get(name, "");
    if (!text.isEmpty() && !PemTls.isPem(text)) {
      throw new ComponentException.Failed(problem);
    }
    return text;
  }

  private static @Nullable Long ttl(Metadata properties) {
    try {
      Duration ttl = RequestMetadata.timeToLive(properties.properties());
      return ttl == null ? null : ttl.toMillis();
    } catch (ComponentException e) {
      throw new ComponentException.Failed("failed to parse TTL: " + e.getMessage());
    }
  }

  private static @Nullable Integer maxPriority(Metadata properties) {
    String text = properties.get("maxPriority", "");
    if (text.isEmpty()) {
      return null;
    }
    try {
      long number = GoText.parseInt(text);
      if (number >= 0) {
        return (int) Math.min(number, 255);
      }
    } catch (GoText.Unreadable e) {
      // told below
    }
    throw new ComponentException.Failed(
        "can't parse maxPriority field: strconv.ParseUint: parsing "
            + GoText.quote(text)
            + ": invalid syntax");
  }

  /** The broker refuses a queue that is there with other arguments. Blocks. */
  void declare(Channel channel) throws IOException {
    Map<String, Object> arguments = new HashMap<>();
    if (ttlMillis != null) {
      arguments.put("x-message-ttl", ttlMillis);
    }
    if (maxPriority != null) {
      arguments.put("x-max-priority", maxPriority);
    }
    channel.queueDeclare(queue, durable, exclusive, deleteUnused, arguments);
  }

  /** Connects and declares the queue; done when the broker took it. */
  Future<Void> connect(RabbitLink link, ComponentOpening opening) {
    Promise<Void> promise = ((VertxInternal) opening.node().vertx()).getOrCreateContext().promise();
    Thread.ofVirtual()
        .name("jitney-rabbitmq-open")
        .start(
            () -> {
              try {
                Channel probe = link.channel();
                declare(probe);
                probe.abort();
                promise.complete();
              } catch (IOException | TimeoutException | RuntimeException e) {
                promise.fail(new ComponentException.Failed(RabbitErrors.describe(e, address)));
              }
            });
    return promise.future();
  }

  @Override
  public String toString() {
    return "QueueSettings[" + address + ", " + queue + "]";
  }
}
