package io.jitney.components.kafka;

import io.jitney.components.pool.PoolKey;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.GoText;
import io.jitney.components.spi.LenientMetadata;
import io.jitney.components.spi.Metadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of Kafka components. Prints no value that may be secret.
 *
 * @param brokers comma-separated
 * @param group the consumer group; empty: none
 * @param retries whether a message that could not be handled is handed over again, in its place
 * @param retryPause between two attempts to consume after an error
 * @param backOff between two attempts to hand a message over
 * @param records how messages are put on the wire
 */
public record KafkaSettings(
    String brokers,
    String group,
    boolean retries,
    Duration retryPause,
    BackOff backOff,
    KafkaRecords records,
    KafkaAuth auth,
    Map<String, Object> producer,
    Map<String, Object> consumer) {
  /** Records of one poll. */
  static final int POLL_RECORDS = 256;

  private static final int FETCH_BYTES = 8 << 20;

  /** What a producer's settings are, besides the login, as far as they come from metadata. */
  private static final List<String> PRODUCER_PROPERTIES =
      List.of(
          "clientId",
          "maxMessageBytes",
          "compression",
          "producerRequiredAcks",
          "producerRetryMax",
          "dialTimeout",
          "readTimeout",
          "writeTimeout",
          "clientConnectionTopicMetadataRefreshInterval");

  private record Properties(Metadata all, LenientMetadata lenient) {}

  /**
   * @param retryByDefault what {@code consumeRetryEnabled} is when it is not set
   */
  public static KafkaSettings of(Metadata metadata, boolean retryByDefault, ComponentLog log) {
    Properties properties = new Properties(metadata, new LenientMetadata(metadata));
    LenientMetadata lenient = properties.lenient();
    boolean retries =
        metadata.get("consumeRetryEnabled") == null
            ? retryByDefault
            : lenient.truthy("consumeRetryEnabled");
    Duration retryPause = retryPause(properties);
    boolean escape = lenient.truthy("escapeHeaders");
    String group = metadata.get("consumerGroup", "");
    String offset = initialOffset(metadata);
    String brokers = metadata.get("brokers", "");
    if (brokers.isEmpty()) {
      throw failed("kafka error: missing 'brokers' attribute");
    }
    KafkaAuth auth = KafkaAuth.of(metadata, log);
    if (!metadata.get("schemaRegistryURL", "").isEmpty()) {
      throw failed("kafka error: schemaRegistryURL: Avro schemas are not available in this build");
    }
    return new KafkaSettings(
        brokers,
        group.isEmpty() ? metadata.get("consumerID", "") : group,
        retries,
        retryPause,
        BackOff.of(metadata),
        new KafkaRecords(escape, excluded(metadata)),
        auth,
        producer(properties),
        consumer(properties, offset));
  }

  private static Duration retryPause(Properties properties) {
    Duration pause = properties.lenient().duration("consumeRetryInterval", Duration.ofMillis(100));
    try { // a bare number means milliseconds here
      return Duration.ofMillis(GoText.parseInt(properties.all().get("consumeRetryInterval", "")));
    } catch (GoText.Unreadable e) {
      return pause;
    }
  }

  private static @Nullable Pattern excluded(Metadata metadata) {
    String regex = metadata.get("excludeHeaderMetaRegex", "");
    try {
      return regex.isEmpty() ? null : Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw failed("kafka error: invalid excludeHeaderMetaRegex");
    }
  }

  private static String initialOffset(Metadata metadata) {
    String offset = metadata.get("initialOffset", "");
    return switch (offset.toLowerCase(Locale.ROOT)) {
      case "oldest" -> "earliest";
      case "newest", "" -> "latest";
      default -> throw failed("kafka error: invalid initialOffset: " + offset);
    };
  }

  private static Map<String, Object> producer(Properties properties) {
    Map<String, Object> config = common(properties);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    config.put(ProducerConfig.PARTITIONER_CLASS_CONFIG, FnvPartitioner.class);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(
        ProducerConfig.ACKS_CONFIG,
        switch (properties.all().get("producerRequiredAcks", "all").toLowerCase(Locale.ROOT)) {
          case "all", "" -> "all";
          case "local" -> "1";
          case "none" -> "0";
          default ->
              throw failed("kafka error: invalid value for 'producerRequiredAcks' attribute");
        });
    config.put(ProducerConfig.RETRIES_CONFIG, number(properties, "producerRetryMax", 5));
    String compression = properties.all().get("compression", "none").toLowerCase(Locale.ROOT);
    if (!List.of("none", "", "gzip", "snappy", "lz4", "zstd").contains(compression)) {
      throw failed("kafka error: invalid compression: " + compression);
    }
    config.put(
        ProducerConfig.COMPRESSION_TYPE_CONFIG, compression.isEmpty() ? "none" : compression);
    int largest = number(properties, "maxMessageBytes", 0);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, largest > 0 ? largest : 1 << 20);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    return config;
  }

  private static Map<String, Object> consumer(Properties properties, String offset) {
    Map<String, Object> config = common(properties);
    config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    // daprd's client knows no other; members of both kinds share groups
    config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    String strategy = properties.all().get("consumerGroupRebalanceStrategy", "range");
    config.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        List.of(
            switch (strategy.toLowerCase(Locale.ROOT)) {
              case "range", "" -> RangeAssignor.class;
              case "sticky" -> StickyAssignor.class;
              case "roundrobin" -> RoundRobinAssignor.class;
              default ->
                  throw failed(
                      "kafka error: invalid value for 'consumerGroupRebalanceStrategy' attribute");
            }));
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, offset);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
    config.put(
        ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
        millis(properties, "heartbeatInterval", Duration.ofSeconds(3)));
    config.put(
        ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
        millis(properties, "sessionTimeout", Duration.ofSeconds(10)));
    config.put(
        ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
        Math.max(exactNumber(properties.all(), "consumerFetchMin", 1), 0));
    config.put(
        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
        Math.max(exactNumber(properties.all(), "consumerFetchDefault", 1 << 20), 1));
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    return config;
  }

  private static Map<String, Object> common(Properties properties) {
    Map<String, Object> config = new HashMap<>();
    String client = properties.all().get("clientId", "");
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, client.isEmpty() ? "sarama" : client);
    config.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
    config.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    config.put(
        CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
        (long) millis(properties, "dialTimeout", Duration.ofSeconds(10)));
    int refresh =
        millis(properties, "clientConnectionTopicMetadataRefreshInterval", Duration.ofMinutes(8));
    config.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, (long) refresh);
    config.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 5_000L);
    return config;
  }

  private static int millis(Properties properties, String name, Duration otherwise) {
    Duration duration = properties.lenient().duration(name, otherwise);
    long millis = duration.isPositive() ? duration.toMillis() : otherwise.toMillis();
    return Math.clamp(millis, 1, Integer.MAX_VALUE);
  }

  private static int number(Properties properties, String name, int otherwise) {
    return Math.clamp(properties.lenient().integer(name, otherwise), 0, Integer.MAX_VALUE);
  }

  /** Properties that daprd reads by exact case. */
  private static int exactNumber(Metadata metadata, String name, int otherwise) {
    String value = metadata.exact(name);
    if (value == null || value.isEmpty()) {
      return otherwise;
    }
    try {
      return Math.clamp(GoText.parseInt(value), Integer.MIN_VALUE, Integer.MAX_VALUE);
    } catch (GoText.Unreadable e) {
      throw failed(String.valueOf(e.getMessage()));
    }
  }

  private static ComponentException failed(String message) {
    return new ComponentException.Failed(message);
  }

  Map<String, Object> producerConfig() {
    return complete(producer);
  }

  Map<String, Object> consumerConfig() {
    Map<String, Object> config = complete(consumer);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    return config;
  }

  /** For questions about groups and offsets; they have short patience. */
  Map<String, Object> adminConfig() {
    Map<String, Object> config = new HashMap<>();
    for (String name :
        List.of(
            CommonClientConfigs.CLIENT_ID_CONFIG,
            CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
            CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG,
            CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
            CommonClientConfigs.METADATA_MAX_AGE_CONFIG,
            CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG)) {
      config.put(name, consumer.get(name));
    }
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 8_000);
    return complete(config);
  }

  /** Whether a group without offsets begins behind what is there. */
  boolean fromEnd() {
    return "latest".equals(consumer.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
  }

  private Map<String, Object> complete(Map<String, Object> part) {
    Map<String, Object> config = new HashMap<>(part);
    config.putAll(auth.client());
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
    return config;
  }

  /** Two openings share a producer exactly when these keys are equal. */
  PoolKey producerKey(Metadata metadata) {
    Map<String, String> key = new HashMap<>(auth.identity());
    key.put("brokers", brokers);
    for (String name : PRODUCER_PROPERTIES) {
      key.put(name, metadata.get(name, ""));
    }
    return new PoolKey("kafka.producer", key);
  }

  /** Two openings share a client for questions exactly when these keys are equal. */
  PoolKey adminKey() {
    Map<String, String> key = new HashMap<>(auth.identity());
    key.put("brokers", brokers);
    adminConfig()
        .forEach(
            (name, value) -> {
              if (value instanceof Number || name.equals(CommonClientConfigs.CLIENT_ID_CONFIG)) {
                key.put(name, String.valueOf(value));
              }
            });
    return new PoolKey("kafka.admin", key);
  }

  @Override
  public String toString() {
    return "KafkaSettings[" + brokers + "]";
  }
}
