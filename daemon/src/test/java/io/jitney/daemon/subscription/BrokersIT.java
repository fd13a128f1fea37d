package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.testing.KafkaServer;
import io.jitney.components.testing.ProcessServer;
import io.jitney.components.testing.RabbitServer;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.ServersTogether;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.HttpApiClient;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two tenants on every broker at once: one that is sent poison, whose app misbehaves or whose
 * brokers die, and one that must not notice.
 */
class BrokersIT {
  private static final List<String> FAMILIES =
      List.of("memory", "redis", "rabbit", "kafka", "mqtt", "nats");

  /** Whose servers take 1 MiB. */
  private static final Set<String> SMALL = Set.of("kafka", "nats");

  private static final RedisServer REDIS =
      new RedisServer("--appendonly", "yes", "--appendfsync", "always");

  private static final RedisServer OTHER = new RedisServer("--appendonly", "no");
  private static final RabbitServer RABBIT = new RabbitServer();
  private static final KafkaServer KAFKA = new KafkaServer(2);
  private static final ProcessServer MOSQUITTO = ProcessServer.mosquitto();
  private static final ProcessServer NATS = ProcessServer.nats();

  @RegisterExtension
  static final ServersTogether SERVERS =
      new ServersTogether(REDIS, OTHER, RABBIT, KAFKA, MOSQUITTO, NATS);

  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  @BeforeAll
  static void makeStream() throws Exception {
    try (Connection nats = Nats.connect("nats://" + NATS.address())) {
      nats.jetStreamManagement()
          .addStream(StreamConfiguration.builder().name("all").subjects("nats", "nats.>").build());
    }
  }

  /** With a component of every family, named like it. */
  private static SidecarSpec spec(String appId, SubscriberApp app) {
    return SidecarSpec.app(appId)
        .component("memory", "pubsub.in-memory")
        .component("redis", "pubsub.redis", "redisHost", REDIS.address())
        .component(
            "rabbit",
            "pubsub.rabbitmq",
            "connectionString",
            RABBIT.uri(),
            "durable",
            "true",
            "deletedWhenUnused",
            "false",
            "deliveryMode",
            "2",
            "publisherConfirm",
            "true",
            "reconnectWaitSeconds",
            "1")
        .component(
            "kafka",
            "pubsub.kafka",
            "brokers",
            KAFKA.address(),
            "authType",
            "none",
            "initialOffset",
            "oldest")
        .component("mqtt", "pubsub.mqtt3", "url", "mqtt://" + MOSQUITTO.address())
        .component("nats", "pubsub.jetstream", "natsURL", "nats://" + NATS.address())
        .maxBodySize(16 << 20)
        .app(app.port(), "http");
  }

  /** Each family's topic is the family itself and the app. */
  private static String subscriptions(String appId, List<String> families, String more) {
    StringBuilder json = new StringBuilder("[");
    for (String family : families) {
      json.append(json.length() > 1 ? "," : "")
          .append(
              "{'pubsubname':'%s','topic':'%s','route':'/%s'"
                  .formatted(family, topic(family, appId), family))
          .append(more.replace("FAMILY", family))
          .append('}');
    }
    return json.append(']').toString();
  }

  private static String topic(String family, String appId) {
    return family + "." + appId;
  }

  private static Sidecar open(String appId, SubscriberApp app) {
    Sidecar sidecar = DAEMON.open(spec(appId, app));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
    return sidecar;
  }

  private static void publish(
      Sidecar by, String family, Buffer body, String contentType, String query) {
    HttpApiClient.Answer answer =
        by.http()
            .call(
                "POST",
                "/v1.0/publish/" + family + "/" + topic(family, by.appId()) + query,
                body.getBytes(),
                "content-type",
                contentType);
    assertThat(answer.status()).as("%s: %s", family, answer.text()).isEqualTo(204);
  }

  /** Whatever comes as an event that is none. */
  private static List<Buffer> poison() {
    byte[] binary = new byte[256];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) i;
    }
    return List.of(
        Buffer.buffer("{not json"),
        Buffer.buffer("[1,2,3]"),
        Buffer.buffer("\"text\""),
        Buffer.buffer("{\"id\":1,\"id\":{\"deep\":\"[\"}"),
        Buffer.buffer("{\"data\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}"),
        Buffer.buffer(binary),
        Buffer.buffer("\r\n\r\n"));
  }

  @Test
  void poisonIsInTheDeadLettersAndEverythingElseComes() throws Exception {
    String dead = ",'deadLetterTopic':'FAMILY.dead'";
    String appId = "poisoned";
    String list = subscriptions(appId, FAMILIES, dead);
    String letters = subscriptions("dead", FAMILIES, ",'metadata':{'rawPayload':'true'}");
    SubscriberApp[] self = {null};
    try (SubscriberApp app =
            new SubscriberApp(
                list.substring(0, list.length() - 1)
                    + ","
                    + letters.substring(1).replace("'route':'/", "'route':'/dead/"),
                (request, got) -> {
                  String text = got.body().length() > 10_000 ? "" : got.body().toString();
                  if (text.contains("\"break\"")) { // ends in mid answer, every time
                    request.response().putHeader("content-length", "1000").write("{\"sta");
                    self[0].laterClose(20, request);
                  } else {
                    request.response().end();
                  }
                });
        SubscriberApp well = new SubscriberApp(subscriptions("well", FAMILIES, ""))) {
      self[0] = app;
      Sidecar a = open(appId, app);
      Sidecar b = open("well", well);

      for (String family : FAMILIES) {
        for (Buffer each : poison()) {
          publish(a, family, each, "application/octet-stream", "?metadata.rawPayload=true");
        }
        publish(a, family, Buffer.buffer("\"break\""), "application/json", "");
        Buffer large = Buffer.buffer("\"" + "x".repeat(4 << 20) + "\"");
        if (!SMALL.contains(family)) {
          publish(a, family, large, "application/json", "");
        }
        publish(a, family, Buffer.buffer("last"), "text/plain", "");
        publish(b, family, Buffer.buffer("of b"), "text/plain", "");
      }

      for (String family : FAMILIES) {
        int poisons = poison().size() + 1;
        await(family, () -> count(app, "/dead/" + family) >= poisons);
        await(family, () -> last(app, "/" + family));
        await(family, () -> count(well, "/" + family) == 1);
        assertThat(app.got().stream().filter(got -> got.path().equals("/" + family)).toList())
            .as(family)
            .hasSize(SMALL.contains(family) ? 2 : 3);
      }
      assertThat(well.got()).hasSize(FAMILIES.size());
    }
  }

  private static void await(String family, Callable<Boolean> condition) {
    Awaitility.await(family).atMost(Duration.ofSeconds(15)).until(condition);
  }

  private static long count(SubscriberApp app, String path) {
    return app.got().stream().filter(got -> got.path().equals(path)).count();
  }

  private static boolean last(SubscriberApp app, String path) {
    return app.got().stream()
        .anyMatch(
            got ->
                got.path().equals(path)
                    && got.body().length() < 10_000
                    && got.body().toString().contains("\"last\""));
  }

  private static final String FOREVER =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata:
        name: r
      spec:
        policies:
          timeouts:
            short: 2s
          retries:
            forever: {policy: constant, duration: 100ms, maxRetries: -1}
        targets:
          components:
      """;

  @Test
  void anAppThatHangsDiesAndComesBackMissesNothing() throws Exception {
    StringBuilder policy = new StringBuilder(FOREVER);
    FAMILIES.forEach(
        family ->
            policy
                .append("      ")
                .append(family)
                .append(":\n        inbound: {retry: forever, timeout: short}\n"));
    AtomicBoolean hangs = new AtomicBoolean(true);
    Map<String, Set<Integer>> answered = new ConcurrentHashMap<>();
    FAMILIES.forEach(family -> answered.put("/" + family, ConcurrentHashMap.newKeySet()));
    try (SubscriberApp app =
            new SubscriberApp(
                subscriptions("dies", FAMILIES, ""),
                (request, got) -> {
                  int number = Integer.parseInt(got.json().getString("data").substring(1));
                  if (!hangs.get() || number < 2) {
                    answered.get(got.path()).add(number);
                    request.response().end();
                  }
                });
        SubscriberApp well = new SubscriberApp(subscriptions("lives", FAMILIES, ""))) {
      Sidecar a = DAEMON.open(spec("dies", app).resource("resiliency.yaml", policy.toString()));
      Awaitility.await().until(() -> a.http().get("/v1.0/healthz").status() == 204);
      Sidecar b = open("lives", well);
      int events = 20;
      for (int n = 0; n < events; n++) {
        for (String family : FAMILIES) {
          publish(a, family, Buffer.buffer("n" + n), "text/plain", "");
          publish(b, family, Buffer.buffer("n" + n), "text/plain", "");
        }
      }
      for (String family : FAMILIES) {
        await(family, () -> heard(app, family).contains(2)); // hangs at it
        await(family, () -> heard(well, family).size() == events);
      }

      app.stop();
      hangs.set(false);
      Thread.sleep(500);
      app.start();

      for (String family : FAMILIES) {
        await(family, () -> answered.get("/" + family).size() == events);
        assertThat(count(well, "/" + family)).as(family).isEqualTo(events);
      }
    }
  }

  /** Publishes numbers one after the other until told to stop, and knows which were taken. */
  private static final class Publisher {
    /** Kafka's client waits for its broker as long as this one does for an answer. */
    static final String NO_ANSWER = "no answer";

    private final HttpApiClient http;
    private final String family;
    private final String appId;
    final Set<Integer> taken = ConcurrentHashMap.newKeySet();
    final Map<String, Integer> refused = new ConcurrentHashMap<>();
    volatile long slowest;

    Publisher(Sidecar sidecar, String family) {
      this.http = sidecar.http();
      this.family = family;
      this.appId = sidecar.appId();
    }

    private String publish(int n) {
      try {
        HttpApiClient.Answer answer =
            http.post("/v1.0/publish/" + family + "/" + topic(family, appId), "n" + n);
        return answer.status() == 204
            ? "204"
            : answer.status() + " " + new JsonObject(answer.body()).getString("errorCode");
      } catch (IllegalStateException noAnswer) {
        return NO_ANSWER;
      }
    }

    void run(AtomicBoolean stop, CountDownLatch over) {
      try {
        for (int n = 0; !stop.get(); n++) {
          long start = System.nanoTime();
          String outcome = publish(n);
          slowest = Math.max(slowest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
          if (outcome.equals("204")) {
            taken.add(n);
          } else {
            refused.merge(outcome, 1, Integer::sum);
          }
          Thread.sleep(20);
        }
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      } finally {
        over.countDown();
      }
    }
  }

  /** As long as the slowest broker takes to come back. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Set<Integer> heard(SubscriberApp app, String family) {
    Set<Integer> numbers = new TreeSet<>();
    app.got().stream()
        .filter(got -> got.path().equals("/" + family))
        .forEach(got -> numbers.add(Integer.parseInt(got.json().getString("data").substring(1))));
    return numbers;
  }

  private static void stopAndStart() throws InterruptedException {
    int redis = Integer.parseInt(REDIS.address().substring(REDIS.address().indexOf(':') + 1));
    REDIS.stop();
    RABBIT.stop();
    KAFKA.stop();
    NATS.kill();
    MOSQUITTO
        .stop(); // writes down what it has acknowledged, which it does not do before it answers
    try {
      Thread.sleep(1_000);
    } finally {
      Thread kafka = Thread.ofVirtual().start(KAFKA::start);
      REDIS.start(redis);
      NATS.start();
      MOSQUITTO.start();
      RABBIT.start();
      kafka.join();
    }
  }

  @Test
  void brokersThatDieUnderLoadLoseNothingThatWasTaken() throws Exception {
    List<String> dying = FAMILIES.subList(1, FAMILIES.size());
    try (SubscriberApp app = new SubscriberApp(subscriptions("loser", dying, ""));
        SubscriberApp well =
            new SubscriberApp(
                "[{'pubsubname':'other','topic':'other.well2','route':'/other'},"
                    + "{'pubsubname':'memory','topic':'memory.well2','route':'/memory'}]")) {
      Sidecar a = open("loser", app);
      Sidecar b =
          DAEMON.open(
              SidecarSpec.app("well2")
                  .component("memory", "pubsub.in-memory")
                  .component("other", "pubsub.redis", "redisHost", OTHER.address())
                  .app(well.port(), "http"));
      Awaitility.await().until(() -> b.http().get("/v1.0/healthz").status() == 204);
      Map<String, Publisher> publishers = new LinkedHashMap<>();
      dying.forEach(family -> publishers.put(family, new Publisher(a, family)));
      publishers.put("other", new Publisher(b, "other"));
      publishers.put("memory", new Publisher(b, "memory"));
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch over = new CountDownLatch(publishers.size());
      List<Thread> threads = new ArrayList<>();
      publishers
          .values()
          .forEach(one -> threads.add(Thread.ofVirtual().start(() -> one.run(stop, over))));
      for (String family : dying) {
        await(family, () -> heard(app, family).size() > 10);
      }

      stopAndStart();
      Map<String, Integer> before = new LinkedHashMap<>();
      dying.forEach(family -> before.put(family, publishers.get(family).taken.size()));
      for (String family : dying) {
        Awaitility.await(family)
            .atMost(PATIENCE)
            .until(() -> publishers.get(family).taken.size() > before.get(family) + 10);
      }
      stop.set(true);

      assertThat(over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      for (String family : dying) {
        Publisher one = publishers.get(family);
        Awaitility.await(family)
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(heard(app, family)).containsAll(one.taken));
        assertThat(one.refused.keySet())
            .as(family)
            .isSubsetOf("500 ERR_PUBSUB_PUBLISH_MESSAGE", Publisher.NO_ANSWER);
      }
      for (String family : List.of("other", "memory")) {
        Publisher one = publishers.get(family);
        assertThat(one.refused).as(family).isEmpty();
        assertThat(one.slowest).as(family).isLessThan(5_000);
        await(family, () -> heard(well, family).size() == one.taken.size());
        assertThat(count(well, "/" + family)).isEqualTo(one.taken.size());
      }
    }
  }
}
