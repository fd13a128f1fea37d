package io.jitney.components.pubsub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.pubsub.BulkPublishRequest;
import io.jitney.components.pubsub.BulkPublishRequest.BulkEntry;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSub.EntryOutcome;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.KafkaServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kafka against a broker: wire format, groups, order, retries, batches, restarts, logins. */
class KafkaPubSubIT {
  @RegisterExtension static final KafkaServer KAFKA = new KafkaServer(6);

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final TestNode node = new TestNode(Path.of("."));
  private final List<PubSub> opened = new ArrayList<>();
  private final String topic = "t" + TOPICS.incrementAndGet();

  @AfterEach
  void closeAll() {
    opened.forEach(pubsub -> node.await(pubsub::close));
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
  }

  private PubSub open(String app, String... more) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("brokers", KAFKA.address());
    metadata.put("authType", "none");
    metadata.put("consumerID", app + topic);
    metadata.put("initialOffset", "oldest");
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    var factory = Catalog.pubSub("pubsub.kafka", "v1").orElseThrow();
    PubSub pubsub =
        node.await(() -> factory.open(TestNode.spec("pubsub.kafka", metadata), node.opening()));
    opened.add(pubsub);
    return pubsub;
  }

  private void publish(PubSub pubsub, String to, String data, Map<String, String> metadata) {
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(20_000),
                new PublishRequest(Buffer.buffer(data), to, metadata, true)));
  }

  private PubSub.Subscription subscribe(PubSub pubsub, String to, Inbox inbox) {
    return node.await(
        () -> pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(to, Map.of()), inbox));
  }

  @Test
  void metadataAreHeadersKeysChoosePartitionsAndNullIsATombstone() {
    PubSub pubsub = open("a", "excludeHeaderMetaRegex", "^secret");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    publish(
        pubsub, topic, "x", Map.of("partitionKey", "key1", "rawPayload", "true", "secretly", "no"));
    publish(pubsub, topic, "null", Map.of("__key", "order-1"));
    publish(pubsub, topic, "p", Map.of("partitionNumber", "2"));
    inbox.await(3);

    Map<String, Message> byText = new HashMap<>();
    inbox.messages.forEach(message -> byText.put(message.data().toString(), message));
    assertThat(byText).containsOnlyKeys("x", "null", "p");
    assertThat(byText.get("x").metadata())
        .containsEntry("__key", "key1")
        .containsEntry("partitionKey", "key1")
        .containsEntry("rawPayload", "true")
        .containsEntry("__topic", topic)
        .containsEntry("__partition", "5")
        .containsEntry("__offset", "0")
        .containsKey("__timestamp")
        .doesNotContainKey("secretly");
    assertThat(byText.get("null").metadata())
        .containsEntry("__key", "order-1")
        .containsEntry("__partition", "1");
    assertThat(byText.get("p").metadata())
        .containsEntry("__partition", "2")
        .doesNotContainKey("__key");
    assertThat(byText.get("x").topic()).isEqualTo(topic);
  }

  @Test
  void headersAreEscapedWhereAskedFor() {
    PubSub pubsub = open("a", "escapeHeaders", "true");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    publish(pubsub, topic, "x", Map.of("__key", "a b/é*~", "h", "1&2"));
    inbox.await(1);

    assertThat(inbox.metadata(0))
        .containsEntry("h", "1%262")
        .containsEntry("__key", "a+b%2F%C3%A9%2A~");
  }

  @Test
  void appsGetEverythingInstancesShareAndNothingIsHandledTwiceAfterARestart() {
    PubSub one = open("a");
    PubSub two = open("a");
    PubSub tenant = open("b");
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    Inbox stranger = new Inbox();
    publish(one, topic, "first", Map.of());
    subscribe(one, topic, first);
    first.await(1);
    subscribe(two, topic, second);
    subscribe(tenant, topic, stranger);
    Set<String> sent = new HashSet<>();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .until(
            () -> {
              String text = "m" + sent.size();
              sent.add(text);
              publish(one, topic, text, Map.of());
              return !second.messages.isEmpty();
            });
    stranger.await(sent.size() + 1);
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () -> {
              Set<String> got = new HashSet<>(first.texts());
              got.addAll(second.texts());
              return got.containsAll(sent);
            });
    assertThat(node.pools().clientsByType()).containsEntry("kafka.producer", 1);

    node.await(one::close);
    node.await(two::close);
    node.await(tenant::close);
    opened.clear();
    Inbox again = new Inbox();
    PubSub later = open("b");
    subscribe(later, topic, again);
    publish(later, topic, "later", Map.of());
    again.await(1);
    assertThat(again.texts()).containsExactly("later");
  }

  @Test
  void aPartitionsMessagesComeOneAtATimeAndRetriesStayInPlace() {
    PubSub pubsub = open("a", "backOffDuration", "50ms");
    Inbox inbox = new Inbox();
    AtomicInteger failures = new AtomicInteger();
    inbox.answer =
        message ->
            message.data().toString().equals("bad") && failures.incrementAndGet() <= 3
                ? Future.failedFuture("no")
                : Future.future(
                    answer -> node.resources().vertx().setTimer(5, due -> answer.complete()));
    for (String text : List.of("one", "bad", "two", "three")) {
      publish(pubsub, topic, text, Map.of("partitionKey", "k"));
    }
    subscribe(pubsub, topic, inbox);
    inbox.await(7);

    assertThat(inbox.texts()).containsExactly("one", "bad", "bad", "bad", "bad", "two", "three");
    assertThat(inbox.mostAtOnce.get()).isEqualTo(1);
    assertThat(node.log)
        .anyMatch(line -> line.contains("Error processing Kafka message: " + topic));
  }

  @Test
  void withoutRetriesAFailureIsPassedOver() {
    PubSub pubsub = open("a", "consumeRetryEnabled", "false");
    Inbox inbox = Inbox.failing();
    publish(pubsub, topic, "one", Map.of("partitionKey", "k"));
    publish(pubsub, topic, "two", Map.of("partitionKey", "k"));
    subscribe(pubsub, topic, inbox);
    inbox.await(2);

    assertThat(inbox.settled(300)).isEqualTo(2);
  }

  @Test
  void whatACancelledSubscriptionHeldIsDeliveredAgainAndOthersGoOn() {
    PubSub pubsub = open("a");
    Inbox silent = Inbox.silent();
    Inbox other = new Inbox();
    publish(pubsub, topic, "held", Map.of());
    PubSub.Subscription held = subscribe(pubsub, topic, silent);
    silent.await(1);
    node.await(held::cancel);
    subscribe(pubsub, topic + "u", other);
    publish(pubsub, topic + "u", "on", Map.of());
    other.await(1);
    Inbox next = new Inbox();
    subscribe(pubsub, topic, next);
    next.await(1);

    assertThat(next.texts()).containsExactly("held");
  }

  @Test
  void batchesAreFullOrInTimeAndMarkedUpToTheFirstFailure() {
    PubSub.BulkSubscriber pubsub = (PubSub.BulkSubscriber) open("a", "backOffDuration", "20ms");
    for (int i = 0; i < 5; i++) {
      publish(pubsub, topic, "m" + i, Map.of("partitionKey", "k"));
    }
    List<List<String>> batches = new CopyOnWriteArrayList<>();
    PubSub.BulkMessageHandler handler =
        messages -> {
          batches.add(messages.stream().map(message -> message.data().toString()).toList());
          List<EntryOutcome> outcomes = new ArrayList<>();
          for (Message message : messages) {
            boolean fails = batches.size() == 1 && message.data().toString().equals("m1");
            outcomes.add(fails ? new EntryOutcome.Failed("no") : new EntryOutcome.Done());
          }
          return Future.succeededFuture(outcomes);
        };
    node.await(
        () ->
            pubsub.bulkSubscribe(
                TestNode.flow("app"), new SubscribeRequest(topic, Map.of()), 3, 200, handler));
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> batches.size() == 3);

    assertThat(batches)
        .containsExactly(List.of("m0", "m1", "m2"), List.of("m0", "m1", "m2"), List.of("m3", "m4"));
  }

  @Test
  void bulkPublishTellsWhichFailed() {
    PubSub.BulkPublisher pubsub = (PubSub.BulkPublisher) open("a", "maxMessageBytes", "2000");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    List<BulkEntry> entries =
        List.of(
            new BulkEntry("1", Buffer.buffer("x"), "text/plain", Map.of("e", "1", "r", "0")),
            new BulkEntry("2", Buffer.buffer("y".repeat(5_000)), "text/plain", Map.of()),
            new BulkEntry("3", Buffer.buffer("z"), "text/plain", Map.of()));

    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        pubsub.bulkPublish(
                            TestNode.call(20_000),
                            new BulkPublishRequest(topic, entries, Map.of("r", "1")))))
        .isInstanceOfSatisfying(
            BulkPublishFailure.class,
            failure -> assertThat(failure.failed()).containsOnlyKeys("2"));
    inbox.await(2);
    Message x =
        inbox.messages.stream().filter(m -> m.data().toString().equals("x")).findFirst().get();
    assertThat(x.metadata()).containsEntry("e", "1").containsEntry("r", "1");
  }

  @Test
  void aBrokerThatRestartsIsFollowed() {
    PubSub pubsub = open("a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    publish(pubsub, topic, "one", Map.of());
    inbox.await(1);
    KAFKA.stop();
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        pubsub.publish(
                            TestNode.call(500),
                            new PublishRequest(Buffer.buffer("late"), topic, Map.of(), true))))
        .hasMessage("context deadline exceeded");
    KAFKA.start();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(ComponentException.class)
        .until(
            () -> {
              publish(pubsub, topic, "two", Map.of());
              return true;
            });

    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> inbox.texts().contains("two"));
  }

  @Test
  void loginsAreChecked() {
    String[] login = {
      "brokers",
      KAFKA.loginAddress(),
      "authType",
      "password",
      "disableTls",
      "true",
      "saslUsername",
      "app",
      "saslPassword",
      "geheim"
    };
    PubSub good = open("a", login);
    Inbox inbox = new Inbox();
    subscribe(good, topic, inbox);
    publish(good, topic, "x", Map.of());
    inbox.await(1);
    login[login.length - 1] = "falsch";

    assertThatThrownBy(() -> open("b", login))
        .hasMessageStartingWith("failed to get latest Kafka clients for initialization: ")
        .hasMessageContaining("Authentication failed");
    assertThat(node.log).noneMatch(line -> line.contains("falsch"));
    assertThat(node.pools().clientsByType()).containsEntry("kafka.producer", 1);
  }

  @Test
  void aFloodPassesInOrder() {
    PubSub pubsub = open("a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    int count = 3_000;
    String data = "x".repeat(1_000);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i += 100) {
      int from = i;
      node.await(
          1,
          () -> {
            List<Future<Void>> sent = new ArrayList<>();
            for (int n = from; n < from + 100; n++) {
              Map<String, String> key = Map.of("partitionKey", "k" + n % 10);
              sent.add(
                  pubsub.publish(
                      TestNode.call(20_000),
                      new PublishRequest(Buffer.buffer(n + data), topic, key, true)));
            }
            return Future.join(sent);
          });
    }
    inbox.await(count);
    System.out.println(
        "kafka, "
            + count
            + " events of 1 KiB: "
            + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)
            + " ms");

    assertThat(inbox.texts()).doesNotHaveDuplicates().hasSize(count);
  }
}
