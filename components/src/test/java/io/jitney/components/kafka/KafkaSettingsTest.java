package io.jitney.components.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentLog;
import io.jitney.components.spi.Metadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

class KafkaSettingsTest {
  private static final ComponentLog SILENT =
      new ComponentLog() {
        @Override
        public void debug(String message) {}

        @Override
        public void info(String message) {}

        @Override
        public void warn(String message) {}

        @Override
        public void error(String message) {}
      };

  private static Metadata metadata(String... pairs) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return new Metadata(map);
  }

  private static KafkaSettings of(String... pairs) {
    return KafkaSettings.of(metadata(pairs), true, SILENT);
  }

  private static void fails(String message, String... pairs) {
    assertThatThrownBy(() -> of(pairs)).hasMessage(message);
  }

  @Test
  void whatIsMissingIsToldInDaprdsWords() {
    fails("kafka error: missing 'brokers' attribute", "authType", "none");
    fails("kafka error: 'authType' attribute was missing or empty", "brokers", "b:1");
    fails("kafka error: invalid value for 'authType' attribute", "brokers", "b:1", "authType", "x");
    fails(
        "kafka error: missing SASL Username for authType 'password'",
        "brokers",
        "b:1",
        "authType",
        "password");
    fails(
        "kafka error: missing SASL Password for authType 'password'",
        "brokers",
        "b:1",
        "authType",
        "password",
        "saslUsername",
        "u");
    fails(
        "kafka error: missing OIDC Client Secret for authType 'oidc'",
        "brokers",
        "b:1",
        "authType",
        "oidc",
        "oidcTokenEndpoint",
        "http://t",
        "oidcClientID",
        "i");
    fails(
        "kafka error: clientKey or clientCert is missing",
        "brokers",
        "b:1",
        "authType",
        "mtls",
        "clientCert",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----");
    fails(
        "kafka error: invalid ca certificate",
        "brokers",
        "b:1",
        "authType",
        "certificate",
        "caCert",
        "x");
    fails(
        "kafka error: invalid initialOffset: middle",
        "brokers",
        "b:1",
        "authType",
        "none",
        "initialOffset",
        "middle");
    fails(
        "kafka error: invalid value for 'authRequired' attribute",
        "brokers",
        "b:1",
        "authRequired",
        "maybe");
  }

  @Test
  void defaultsAreThoseOfDaprd() {
    KafkaSettings settings = of("brokers", "b:1", "authType", "none", "consumerID", "app");

    assertThat(settings.group()).isEqualTo("app");
    assertThat(settings.retries()).isTrue();
    assertThat(settings.retryPause()).isEqualTo(Duration.ofMillis(100));
    assertThat(settings.backOff().pauseMillis(7)).isEqualTo(5_000);
    assertThat(settings.backOff().goesOn(1_000_000, Duration.ofDays(9))).isTrue();
    assertThat(settings.producerConfig())
        .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
        .containsEntry(ProducerConfig.RETRIES_CONFIG, 5)
        .containsEntry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false)
        .containsEntry(ProducerConfig.CLIENT_ID_CONFIG, "sarama")
        .containsEntry("security.protocol", "PLAINTEXT");
    assertThat(settings.consumerConfig())
        .containsEntry(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic")
        .containsEntry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest")
        .containsEntry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000)
        .containsEntry(ConsumerConfig.GROUP_ID_CONFIG, "app");
  }

  @Test
  void bareNumbersOfBackOffAndPauseAreMilliseconds() {
    KafkaSettings settings =
        of(
            "brokers",
            "b:1",
            "authType",
            "none",
            "consumeRetryInterval",
            "250",
            "backOffDuration",
            "40",
            "backOffMaxRetries",
            "2",
            "consumerGroup",
            "g",
            "consumerID",
            "app",
            "consumeRetryEnabled",
            "false");

    assertThat(settings.retryPause()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.backOff().pauseMillis(1)).isEqualTo(40);
    assertThat(settings.backOff().goesOn(2, Duration.ZERO)).isTrue();
    assertThat(settings.backOff().goesOn(3, Duration.ZERO)).isFalse();
    assertThat(settings.group()).isEqualTo("g");
    assertThat(settings.retries()).isFalse();
  }

  @Test
  void tlsIsOnForEveryLoginUnlessItIsTurnedOff() {
    String[] login = {
      "brokers", "b:1", "authType", "password", "saslUsername", "u", "saslPassword", "p\"\\w"
    };
    assertThat(of(login).producerConfig())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "PLAIN")
        .containsEntry(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\""
                + " password=\"p\\\"\\\\w\";");
    String[] plain = java.util.Arrays.copyOf(login, login.length + 4);
    plain[login.length] = "disableTls";
    plain[login.length + 1] = "true";
    plain[login.length + 2] = "saslMechanism";
    plain[login.length + 3] = "SHA-512";
    assertThat(of(plain).producerConfig())
        .containsEntry("security.protocol", "SASL_PLAINTEXT")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512");
  }

  @Test
  void equalLoginsShareAProducerAndNothingPrintsSecrets() {
    Metadata one =
        metadata(
            "brokers",
            "b:1",
            "authType",
            "password",
            "saslUsername",
            "u",
            "saslPassword",
            "geheim",
            "consumerID",
            "a");
    Metadata two =
        metadata(
            "brokers",
            "b:1",
            "authType",
            "password",
            "saslUsername",
            "u",
            "saslPassword",
            "geheim",
            "consumerID",
            "b");
    Metadata other =
        metadata(
            "brokers",
            "b:1",
            "authType",
            "password",
            "saslUsername",
            "u",
            "saslPassword",
            "anders",
            "consumerID",
            "a");
    KafkaSettings settings = KafkaSettings.of(one, true, SILENT);

    assertThat(settings.producerKey(one))
        .isEqualTo(KafkaSettings.of(two, true, SILENT).producerKey(two))
        .isNotEqualTo(KafkaSettings.of(other, true, SILENT).producerKey(other));
    assertThat(settings + " " + settings.auth() + settings.producerKey(one))
        .doesNotContain("geheim");
  }

  @Test
  void schemasAreRefusedClearly() {
    fails(
        "kafka error: schemaRegistryURL: Avro schemas are not available in this build",
        "brokers",
        "b:1",
        "authType",
        "none",
        "schemaRegistryURL",
        "http://r");
    assertThatThrownBy(() -> SchemaType.check(Map.of("valueschematype", "Avro")))
        .hasMessage("schema registry details not set");
    assertThatThrownBy(() -> SchemaType.check(Map.of("valueSchemaType", "xml")))
        .hasMessage("error parsing schema type. 'xml' is not a supported value");
    SchemaType.check(Map.of("valueSchemaType", "None"));
  }
}
