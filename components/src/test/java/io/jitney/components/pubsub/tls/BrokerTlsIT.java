package io.jitney.components.pubsub.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.KafkaServer;
import io.jitney.components.testing.ProcessServer;
import io.jitney.components.testing.RabbitServer;
import io.jitney.components.testing.TestCertificates;
import io.jitney.components.testing.TestCertificates.Pair;
import io.jitney.components.testing.TestNode;
import io.jitney.components.tls.PemTls;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Brokers that want TLS and a client's certificate. Who has the right ones talks to them; who
 * trusts somebody else or is a stranger fails alone, without a word of its key.
 */
class BrokerTlsIT {
  @RegisterExtension static final TestCertificates CERTIFICATES = new TestCertificates();

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----\\s*(\\S{20})", Pattern.DOTALL);

  /** What all brokers are asked. */
  abstract static class Cases {
    final TestNode node = new TestNode(Path.of("."));
    private final List<PubSub> opened = new ArrayList<>();
    private final String type;

    Cases(String type) {
      this.type = type;
    }

    @AfterEach
    void closeAll() {
      opened.forEach(pubsub -> node.await(pubsub::close));
      assertThat(node.pools().clientsByType()).isEmpty();
      node.close();
    }

    /** The component's metadata for these. */
    abstract Map<String, String> metadata(Pair authority, Pair client);

    /** Metadata with the client's certificate in it, and more. */
    static Map<String, String> with(Pair client, String... more) {
      Map<String, String> metadata = new HashMap<>();
      metadata.put("clientCert", client.certificatePem());
      metadata.put("clientKey", client.keyPem());
      for (int i = 0; i < more.length; i += 2) {
        metadata.put(more[i], more[i + 1]);
      }
      return metadata;
    }

    PubSub open(Pair authority, Pair client) {
      return open(metadata(authority, client));
    }

    PubSub open(Map<String, String> properties) {
      Map<String, String> metadata = new HashMap<>(properties);
      metadata.putIfAbsent("consumerID", "app" + opened.size());
      var factory = Catalog.pubSub(type, "v1").orElseThrow();
      PubSub pubsub = node.await(() -> factory.open(TestNode.spec(type, metadata), node.opening()));
      opened.add(pubsub);
      return pubsub;
    }

    void talks(PubSub pubsub, String topic) {
      Inbox inbox = new Inbox();
      node.await(
          () ->
              pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(topic, Map.of()), inbox));
      node.await(
          () ->
              pubsub.publish(
                  TestNode.call(20_000),
                  new PublishRequest(Buffer.buffer("over TLS"), topic, Map.of(), true)));
      inbox.await(1);
      assertThat(inbox.texts()).containsExactly("over TLS");
    }

    void fails(ThrowingCallable opening) {
      assertThatThrownBy(opening)
          .isInstanceOf(ComponentException.Failed.class)
          .satisfies(failure -> assertThat(failure.getMessage()).isNotBlank())
          .satisfies(failure -> noSecret(String.valueOf(failure.getMessage())));
      node.log.forEach(Cases::noSecret);
    }

    private static void noSecret(String text) {
      for (Pair pair : List.of(CERTIFICATES.client(), CERTIFICATES.stranger())) {
        Matcher key = KEY.matcher(pair.keyPem());
        assertThat(key.find()).isTrue();
        assertThat(text).doesNotContain(key.group(1)).doesNotContain("BEGIN PRIVATE KEY");
      }
    }

    @Test
    void onlyWhoHasTheRightOnesTalks() {
      PubSub well = open(CERTIFICATES.authority(), CERTIFICATES.client());
      fails(() -> open(CERTIFICATES.otherAuthority(), CERTIFICATES.client()));
      fails(() -> open(CERTIFICATES.authority(), CERTIFICATES.stranger()));
      talks(well, "t");
    }
  }

  @Nested
  class Kafka extends Cases {
    @RegisterExtension static final KafkaServer KAFKA = new KafkaServer(1, CERTIFICATES);

    Kafka() {
      super("pubsub.kafka");
    }

    @Override
    Map<String, String> metadata(Pair authority, Pair client) {
      return with(
          client,
          "caCert",
          authority.certificatePem(),
          "brokers",
          KAFKA.tlsAddress(),
          "authType",
          "mtls",
          "initialOffset",
          "oldest");
    }
  }

  @Nested
  class RabbitMq extends Cases {
    @RegisterExtension static final RabbitServer RABBIT = new RabbitServer(CERTIFICATES);

    RabbitMq() {
      super("pubsub.rabbitmq");
    }

    @Override
    Map<String, String> metadata(Pair authority, Pair client) {
      return with(
          client, "caCert", authority.certificatePem(), "connectionString", RABBIT.tlsUri());
    }
  }

  @Nested
  class Mqtt extends Cases {
    @RegisterExtension static final ProcessServer MOSQUITTO = ProcessServer.mosquitto(CERTIFICATES);

    Mqtt() {
      super("pubsub.mqtt3");
    }

    @Override
    Map<String, String> metadata(Pair authority, Pair client) {
      return with(
          client, "caCert", authority.certificatePem(), "url", "mqtts://" + MOSQUITTO.address());
    }
  }

  /** Whose authority cannot be said in metadata: a server that nobody knows is refused. */
  @Nested
  class Redis extends Cases {
    @RegisterExtension static final ProcessServer REDIS = ProcessServer.redis(CERTIFICATES);

    Redis() {
      super("pubsub.redis");
    }

    @Override
    Map<String, String> metadata(Pair authority, Pair client) {
      return with(
          client,
          "redisHost",
          REDIS.address(),
          "enableTLS",
          "true",
          "redisMaxRetries",
          "-1",
          "insecureSkipTLSVerify",
          Boolean.toString(authority.equals(CERTIFICATES.authority())));
    }
  }

  /** As Redis; the client's certificate is in files. */
  @Nested
  class JetStream extends Cases {
    @RegisterExtension static final ProcessServer NATS = ProcessServer.nats(CERTIFICATES);

    JetStream() {
      super("pubsub.jetstream");
    }

    @Override
    Map<String, String> metadata(Pair authority, Pair client) {
      return Map.of(
          "natsURL",
          "tls://" + NATS.address(),
          "tls_client_cert",
          client.certificate().toString(),
          "tls_client_key",
          client.key().toString());
    }

    @Override
    @Test
    void onlyWhoHasTheRightOnesTalks() {
      fails(() -> open(CERTIFICATES.authority(), CERTIFICATES.client()));
    }

    /** The JVM's trust store is where authorities come from. */
    @Test
    void whomTheMachineTrustsIsTrusted() throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      try (InputStream pem = Files.newInputStream(CERTIFICATES.authority().certificate())) {
        store.setCertificateEntry(
            "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      }
      Path file = Files.createTempFile("jitney-trust", ".p12");
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, "geheim".toCharArray());
      }
      System.setProperty("javax.net.ssl.trustStore", file.toString());
      System.setProperty("javax.net.ssl.trustStorePassword", "geheim");
      try {
        stream();
        PubSub well = open(CERTIFICATES.authority(), CERTIFICATES.client());
        fails(() -> open(CERTIFICATES.authority(), CERTIFICATES.stranger()));
        talks(well, "t");
      } finally {
        System.clearProperty("javax.net.ssl.trustStore");
        System.clearProperty("javax.net.ssl.trustStorePassword");
        Files.delete(file);
      }
    }

    private static void stream() throws Exception {
      Pair client = CERTIFICATES.client();
      Options options =
          new Options.Builder()
              .server("tls://" + NATS.address())
              .sslContext(
                  new PemTls(
                          CERTIFICATES.authority().certificatePem(),
                          client.certificatePem(),
                          client.keyPem(),
                          false)
                      .context())
              .build();
      try (Connection connection = Nats.connect(options)) {
        connection
            .jetStreamManagement()
            .addStream(StreamConfiguration.builder().name("s").subjects("t").build());
      }
    }
  }
}
