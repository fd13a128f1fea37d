package io.jitney.components.pubsub.jetstream;

import io.jitney.components.nats.NatsAddress;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import io.jitney.components.tls.PemTls;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of {@code pubsub.jetstream}.
 *
 * @param stream empty: the one that has the topic
 * @param durable name of the consumer; empty: it goes with its subscription
 * @param group of consumers that share messages; empty: none
 * @param ackWait how long the server waits for an answer, and pauses after a refusal; zero: the
 *     server's own
 * @param parallel whether messages of one subscription are handled beside each other
 */
record JetStreamSettings(
    NatsAddress address,
    String stream,
    String durable,
    String group,
    @Nullable Instant startTime,
    long startSequence,
    DeliverPolicy deliver,
    AckPolicy acknowledge,
    boolean flowControl,
    Duration ackWait,
    long maxDeliver,
    List<Duration> backOff,
    long maxAckPending,
    long replicas,
    boolean memory,
    long rateLimit,
    Duration heartbeat,
    String domain,
    String apiPrefix,
    boolean parallel) {
  private static final Duration FLOW_HEARTBEAT = Duration.ofSeconds(30);

  static JetStreamSettings of(Metadata properties, Path folder) {
    LenientMetadata metadata = new LenientMetadata(properties);
    String url = properties.get("natsURL", "");
    if (url.isEmpty()) {
      throw failed("missing nats URL");
    }
    String name = properties.get("name", "");
    NatsAddress address =
        new NatsAddress(
            url, name.isEmpty() ? "dapr.io - pubsub.jetstream" : name, login(properties, folder));
    String startTime = properties.get("startTime", "");
    return new JetStreamSettings(
        address,
        properties.get("streamName", ""),
        properties.get("durableName", ""),
        properties.get("queueGroupName", ""),
        startTime.isEmpty() ? null : Instant.ofEpochSecond(metadata.integer("startTime", 0)),
        metadata.integer("startSequence", 0),
        deliver(properties.get("deliverPolicy", "")),
        switch (properties.get("ackPolicy", "")) {
          case "all" -> AckPolicy.All;
          case "none" -> AckPolicy.None;
          default -> AckPolicy.Explicit;
        },
        metadata.truthy("flowControl"),
        metadata.duration("ackWait", Duration.ZERO),
        metadata.integer("maxDeliver", 0),
        backOff(properties.get("backOff", "")),
        metadata.integer("maxAckPending", 0),
        metadata.integer("replicas", 0),
        metadata.truthy("memoryStorage"),
        metadata.integer("rateLimit", 0),
        metadata.duration("heartbeat", Duration.ZERO),
        properties.get("domain", ""),
        properties.get("apiPrefix", ""),
        parallel(properties.get("concurrencyMode", "")));
  }

  private static boolean parallel(String mode) {
    return switch (mode) {
      case "", "single" -> false;
      case "parallel" -> true;
      default -> throw failed("invalid metadata: concurrencyMode: " + mode);
    };
  }

  private static DeliverPolicy deliver(String policy) {
    return switch (policy) {
      case "all", "" -> DeliverPolicy.All;
      case "last" -> DeliverPolicy.Last;
      case "new" -> DeliverPolicy.New;
      case "sequence" -> DeliverPolicy.ByStartSequence;
      case "time" -> DeliverPolicy.ByStartTime;
      default ->
          throw failed(
              "deliver policy " + policy + " is not one of: all, last, new, sequence, time");
    };
  }

  private static List<Duration> backOff(String text) {
    List<Duration> pauses = new ArrayList<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      try {
        pauses.add(GoText.parseDuration(part.strip()));
      } catch (GoText.Unreadable e) {
        throw failed("1 error(s) decoding:\n\n* error decoding 'backOff': " + e.getMessage());
      }
    }
    return List.copyOf(pauses);
  }

  private static NatsAddress.Login login(Metadata properties, Path folder) {
    String jwt = properties.get("jwt", "");
    String seed = properties.get("seedKey", "");
    String certificate = properties.get("tls_client_cert", "");
    String key = properties.get("tls_client_key", "");
    String token = properties.get("token", "");
    if (jwt.isEmpty() != seed.isEmpty()) {
      throw failed(seed.isEmpty() ? "missing seed key" : "missing jwt");
    }
    if (certificate.isEmpty() != key.isEmpty()) {
      throw failed(key.isEmpty() ? "missing tls client key" : "missing tls client cert");
    }
    if (!jwt.isEmpty()) {
      return new NatsAddress.Login.Jwt(jwt, seed);
    }
    if (!certificate.isEmpty()) {
      return new NatsAddress.Login.Certificate(
          new PemTls("", read(folder, certificate), read(folder, key), false));
    }
    return token.isEmpty() ? new NatsAddress.Login.Url() : new NatsAddress.Login.Token(token);
  }

  private static String read(Path folder, String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw failed("nats: error loading client certificate: open " + file);
    }
  }

  private static ComponentException failed(String message) {
    return new ComponentException.Failed(message);
  }

  ConsumerConfiguration consumer(String subject, String inbox) {
    ConsumerConfiguration.Builder consumer =
        ConsumerConfiguration.builder()
            .deliverSubject(inbox)
            .filterSubject(subject)
            .deliverPolicy(deliver)
            .ackPolicy(acknowledge);
    if (!durable.isEmpty()) {
      consumer.durable(durable);
    }
    if (!group.isEmpty()) {
      consumer.deliverGroup(group);
    }
    if (startTime != null) {
      consumer.startTime(startTime.atZone(ZoneOffset.UTC));
    }
    if (startSequence > 0) {
      consumer.startSequence(startSequence);
    }
    if (flowControl) { // the server wants both or none
      consumer.flowControl(heartbeat.isPositive() ? heartbeat : FLOW_HEARTBEAT);
    } else if (heartbeat.isPositive()) {
      consumer.idleHeartbeat(heartbeat);
    }
    if (ackWait.isPositive()) {
      consumer.ackWait(ackWait);
    }
    if (maxDeliver != 0) {
      consumer.maxDeliver(maxDeliver);
    }
    if (!backOff.isEmpty()) {
      consumer.backoff(backOff.toArray(new Duration[0]));
    }
    if (maxAckPending != 0) {
      consumer.maxAckPending(maxAckPending);
    }
    if (replicas != 0) {
      consumer.numReplicas(Math.toIntExact(Math.clamp(replicas, 0, 5)));
    }
    if (memory) {
      consumer.memStorage(true);
    }
    if (rateLimit != 0) {
      consumer.rateLimit(rateLimit);
    }
    return consumer.build();
  }

  @Override
  public String toString() {
    return "JetStreamSettings[" + address + "]";
  }
}
