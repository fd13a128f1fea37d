package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.testing.KafkaServer;
import io.jitney.components.testing.RabbitServer;
import io.jitney.components.testing.RedisServer;
import io.jitney.components.testing.ServersTogether;
import io.jitney.daemon.testing.LauncherDaemon;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One app on two nodes: its two instances, each in a daemon of its own, share one consumer group of
 * every broker, and when one of the daemons is killed the other goes on with what it held.
 */
class ReplicasIT {
  private static final List<String> FAMILIES = List.of("redis", "rabbit", "kafka");
  private static final int FIRST = 60;
  private static final int ALL = 120;

  private static final RedisServer REDIS = new RedisServer();
  private static final RabbitServer RABBIT = new RabbitServer();
  private static final KafkaServer KAFKA = new KafkaServer(4);

  @RegisterExtension
  static final ServersTogether SERVERS = new ServersTogether(REDIS, RABBIT, KAFKA);

  private static SidecarSpec spec(String appId, SubscriberApp app) {
    return SidecarSpec.app(appId)
        .component(
            "redis",
            "pubsub.redis",
            "redisHost",
            REDIS.address(),
            "processingTimeout",
            "2s",
            "redeliverInterval",
            "500ms",
            "concurrency",
            "4",
            "queueDepth",
            "4")
        .component(
            "rabbit",
            "pubsub.rabbitmq",
            "connectionString",
            RABBIT.uri(),
            "durable",
            "true",
            "deletedWhenUnused",
            "false",
            "prefetchCount",
            "4")
        .component(
            "kafka",
            "pubsub.kafka",
            "brokers",
            KAFKA.address(),
            "authType",
            "none",
            "initialOffset",
            "oldest",
            "sessionTimeout",
            "6s",
            "heartbeatInterval",
            "1s")
        .app(app.port(), "http");
  }

  private static String subscriptions() {
    return FAMILIES.stream()
        .map("{'pubsubname':'%1$s','topic':'t','route':'/%1$s'}"::formatted)
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** What an app answered: numbers by family. */
  private static final class Answered implements BiConsumer<HttpServerRequest, SubscriberApp.Got> {
    private final Map<String, Set<Integer>> numbers = new ConcurrentHashMap<>();
    private final AtomicBoolean hangs = new AtomicBoolean();
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    @Override
    public void accept(HttpServerRequest request, SubscriberApp.Got got) {
      String family = got.path().substring(1);
      if (hangs.get()) {
        held.add(family);
        return;
      }
      of(family).add(Integer.parseInt(got.json().getString("data").substring(1)));
      request.response().end();
    }

    Set<Integer> of(String family) {
      return numbers.computeIfAbsent(family, none -> ConcurrentHashMap.newKeySet());
    }
  }

  private static void publish(Sidecar sidecar, int from, int to) {
    for (int n = from; n < to; n++) {
      for (String family : FAMILIES) {
        assertThat(sidecar.http().post("/v1.0/publish/" + family + "/t", "n" + n).status())
            .isEqualTo(204);
      }
    }
  }

  @Test
  void theOtherReplicaGoesOnWithWhatTheKilledOneHeld() throws Exception {
    Answered first = new Answered();
    Answered second = new Answered();
    Answered stranger = new Answered();
    Set<Integer> all = IntStream.range(0, ALL).boxed().collect(Collectors.toSet());
    try (SubscriberApp one = new SubscriberApp(subscriptions(), first);
        SubscriberApp two = new SubscriberApp(subscriptions(), second);
        SubscriberApp three = new SubscriberApp(subscriptions(), stranger);
        LauncherDaemon killed = LauncherDaemon.start();
        LauncherDaemon left = LauncherDaemon.start();
        Sidecar a = killed.open(spec("shared", one));
        Sidecar b = left.open(spec("shared", two));
        Sidecar c = left.open(spec("stranger", three))) {
      for (Sidecar sidecar : List.of(a, b, c)) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> sidecar.http().get("/v1.0/healthz").status() == 204);
      }
      // Kafka's group is complete when both have a partition.
      publish(a, 0, FIRST);
      // Group and consumer as daprd names them: a daprd beside them would be one more instance.
      assertThat((List<?>) REDIS.command("XINFO", "CONSUMERS", "t", "shared"))
          .singleElement()
          .asString()
          .startsWith("[name, shared,");
      Set<Integer> begun = IntStream.range(0, FIRST).boxed().collect(Collectors.toSet());
      for (String family : FAMILIES) {
        await(family, () -> assertThat(union(family, first, second)).isEqualTo(begun));
      }

      first.hangs.set(true);
      publish(b, FIRST, ALL);
      Awaitility.await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(() -> assertThat(first.held).containsAll(FAMILIES));
      killed.kill();

      for (String family : FAMILIES) {
        await(family, () -> assertThat(union(family, first, second)).isEqualTo(all));
        await(family, () -> assertThat(stranger.of(family)).isEqualTo(all));
        assertThat(first.of(family)).as(family).isNotEmpty();
        assertThat(second.of(family)).as(family).isNotEmpty();
      }
    }
  }

  private static void await(String family, org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await(family).atMost(Duration.ofSeconds(50)).untilAsserted(assertion);
  }

  private static Set<Integer> union(String family, Answered first, Answered second) {
    Set<Integer> both = new TreeSet<>(first.of(family));
    both.addAll(second.of(family));
    return both;
  }
}
