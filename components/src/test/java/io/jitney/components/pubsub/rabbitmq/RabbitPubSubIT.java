package io.jitney.components.pubsub.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.RabbitServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ against a broker: declarations, properties, answers, dead letters, restarts. */
class RabbitPubSubIT {
  @RegisterExtension static final RabbitServer RABBIT = new RabbitServer();

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
    metadata.put("connectionString", RABBIT.uri());
    metadata.put("consumerID", app);
    metadata.put("reconnectWaitSeconds", "1");
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    var factory = Catalog.pubSub("pubsub.rabbitmq", "v1").orElseThrow();
    PubSub pubsub =
        node.await(() -> factory.open(TestNode.spec("pubsub.rabbitmq", metadata), node.opening()));
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

  private PubSub.Subscription subscribe(
      PubSub pubsub, String to, Inbox inbox, Map<String, String> metadata) {
    return node.await(
        () -> pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(to, metadata), inbox));
  }

  /** What another client, daprd for example, does on the broker. */
  private interface Elsewhere<T> {
    T on(Channel channel) throws Exception;
  }

  private static <T> T elsewhere(Elsewhere<T> action) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(RABBIT.port());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      return action.on(channel);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static long ready(String queue) {
    return elsewhere(channel -> channel.messageCount(queue));
  }

  @Test
  void appsGetEverythingAndInstancesShareAQueue() {
    PubSub one = open("a");
    PubSub two = open("a");
    PubSub tenant = open("b");
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    Inbox stranger = new Inbox();
    subscribe(one, topic, first, Map.of());
    subscribe(two, topic, second, Map.of());
    subscribe(tenant, topic, stranger, Map.of());
    for (int i = 0; i < 50; i++) {
      publish(one, topic, "m" + i, Map.of("k", "v"));
    }
    stranger.await(50);
    Awaitility.await().until(() -> first.messages.size() + second.messages.size() == 50);

    Set<String> both = new HashSet<>(first.texts());
    both.addAll(second.texts());
    assertThat(both).hasSize(50);
    assertThat(first.messages).isNotEmpty();
    assertThat(second.messages).isNotEmpty();
    assertThat(stranger.metadata(0)).isEmpty();
    assertThat(stranger.messages.getFirst().topic()).isEqualTo(topic);
    assertThat(one.features()).containsExactly(PubSubFeature.MESSAGE_TTL);
    assertThat(node.pools().connectionsByType()).containsEntry("rabbitmq", 2);
    Awaitility.await().until(() -> ready("a-" + topic) == 0);
  }

  @Test
  void whatDaprdDeclaredFitsAndOtherArgumentsAreRefused() {
    elsewhere(
        channel -> {
          channel.exchangeDeclare(topic, "fanout", true, true, null);
          channel.queueDeclare("a-" + topic, true, false, true, Map.of("x-queue-type", "classic"));
          return null;
        });
    PubSub pubsub = open("a");
    Inbox inbox = new Inbox();
    PubSub.Subscription fitting = subscribe(pubsub, topic, inbox, Map.of());
    publish(pubsub, topic, "x", Map.of());
    inbox.await(1);

    PubSub other = open("a", "maxLen", "5");
    assertThatThrownBy(() -> subscribe(other, topic, new Inbox(), Map.of()))
        .isInstanceOf(ComponentException.class)
        .hasMessageStartingWith("Exception (406) Reason: \"PRECONDITION_FAILED - inequivalent arg");
    publish(pubsub, topic, "y", Map.of());
    inbox.await(2); // the other one's trouble was its own
    node.await(fitting::cancel);
  }

  @Test
  void propertiesAreThoseOfTheRequest() {
    PubSub pubsub = open("a", "deliveryMode", "2", "ttlInSeconds", "60", "durable", "false");
    elsewhere(
        channel -> {
          channel.exchangeDeclare(topic, "fanout", false, true, null);
          channel.queueDeclare("q" + topic, false, false, false, null);
          channel.queueBind("q" + topic, topic, "");
          return null;
        });
    publish(pubsub, topic, "plain", Map.of());
    publish(
        pubsub,
        topic,
        "rich",
        Map.of(
            "TTL",
            "5s",
            "priority",
            "300",
            "ContentType",
            "text/x",
            "messageId",
            "m1",
            "correlationID",
            "c1",
            "TYPE",
            "t1"));
    List<GetResponse> got =
        elsewhere(
            channel -> {
              List<GetResponse> all = new ArrayList<>();
              for (int i = 0; i < 2; i++) {
                all.add(channel.basicGet("q" + topic, true));
              }
              channel.queueDelete("q" + topic);
              return all;
            });

    var plain = got.get(0).getProps();
    assertThat(plain.getContentType()).isEqualTo("text/plain");
    assertThat(plain.getDeliveryMode()).isEqualTo(2);
    assertThat(plain.getExpiration()).isEqualTo("60000");
    assertThat(plain.getHeaders()).isNullOrEmpty();
    var rich = got.get(1).getProps();
    assertThat(rich.getExpiration()).isEqualTo("5000");
    assertThat(rich.getPriority()).isEqualTo(255);
    assertThat(rich.getContentType()).isEqualTo("text/x");
    assertThat(rich.getMessageId()).isEqualTo("m1");
    assertThat(rich.getCorrelationId()).isEqualTo("c1");
    assertThat(rich.getType()).isEqualTo("t1");
  }

  @Test
  void propertiesBecomeMetadataWhereAskedFor() {
    PubSub pubsub = open("a", "publishMessagePropertiesToMetadata", "true");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox, Map.of());
    publish(pubsub, topic, "x", Map.of("messageID", "m1"));
    inbox.await(1);

    assertThat(inbox.metadata(0))
        .containsEntry("metadata.messageid", "m1")
        .containsEntry("metadata.contenttype", "text/plain");
  }

  @Test
  void routingKeysOfATopicExchangeAreBound() {
    PubSub pubsub = open("a", "exchangeKind", "topic");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox, Map.of("routingKey", "red.*,blue.#", "queueName", "q" + topic));
    for (String key : List.of("red.one", "green.one", "blue.a.b", "")) {
      publish(pubsub, topic, key, Map.of("routingKey", key));
    }
    inbox.await(2);

    assertThat(inbox.settled(200)).isEqualTo(2);
    assertThat(inbox.texts()).containsExactlyInAnyOrder("red.one", "blue.a.b");
  }

  @Test
  void failuresAreDroppedRequeuedOrDeadLettered() {
    PubSub drops = open("drop");
    Inbox dropped = Inbox.failing();
    subscribe(drops, topic, dropped, Map.of());
    PubSub requeues = open("requeue", "requeueInFailure", "true");
    Inbox twice = new Inbox();
    twice.answer =
        message -> twice.messages.size() < 2 ? io.vertx.core.Future.failedFuture("no") : Inbox.OK;
    subscribe(requeues, topic, twice, Map.of());
    PubSub buries = open("bury", "enableDeadLetter", "true", "deletedWhenUnused", "false");
    Inbox buried = Inbox.failing();
    PubSub.Subscription burying = subscribe(buries, topic + "d", buried, Map.of());
    publish(drops, topic, "x", Map.of());
    publish(buries, topic + "d", "y", Map.of());
    dropped.await(1);
    twice.await(2);
    buried.await(1);
    Awaitility.await().until(() -> ready("dlq-bury-" + topic + "d") == 1);

    assertThat(dropped.settled(200)).isEqualTo(1);
    assertThat(twice.messages).hasSize(2);
    node.await(burying::cancel);
  }

  @Test
  void cancellingReturnsWhatIsHeldAndLeavesOthersAlone() {
    PubSub pubsub = open("a", "deletedWhenUnused", "false", "prefetchCount", "3");
    Inbox silent = Inbox.silent();
    Inbox other = new Inbox();
    PubSub.Subscription held = subscribe(pubsub, topic, silent, Map.of());
    subscribe(pubsub, topic + "u", other, Map.of());
    for (int i = 0; i < 10; i++) {
      publish(pubsub, topic, "m" + i, Map.of());
    }
    silent.await(3);
    assertThat(silent.settled(200)).isEqualTo(3); // its window
    node.await(held::cancel);
    publish(pubsub, topic + "u", "on", Map.of());
    other.await(1);
    Awaitility.await().until(() -> ready("a-" + topic) == 10);
    Inbox next = new Inbox();
    subscribe(pubsub, topic, next, Map.of());
    next.await(10);

    assertThat(next.texts()).doesNotHaveDuplicates().hasSize(10);
  }

  @Test
  void oneByOneWhereAskedFor() {
    PubSub pubsub = open("a", "concurrencyMode", "single");
    Inbox inbox = new Inbox();
    inbox.answer =
        message -> {
          Promise<Void> answer = Promise.promise();
          node.resources().vertx().setTimer(5, due -> answer.complete());
          return answer.future();
        };
    subscribe(pubsub, topic, inbox, Map.of());
    for (int i = 0; i < 20; i++) {
      publish(pubsub, topic, "m" + i, Map.of());
    }
    inbox.await(20);

    assertThat(inbox.mostAtOnce.get()).isEqualTo(1);
    assertThat(inbox.texts()).startsWith("m0", "m1").endsWith("m19");
  }

  @Test
  void aBrokerThatRestartsIsFollowedAndConfirmedMessagesAreThere() {
    PubSub pubsub =
        open("a", "publisherConfirm", "true", "deliveryMode", "2", "deletedWhenUnused", "false");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox, Map.of());
    publish(pubsub, topic, "one", Map.of());
    inbox.await(1);
    RABBIT.stop();
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        pubsub.publish(
                            TestNode.call(800),
                            new PublishRequest(Buffer.buffer("late"), topic, Map.of(), true))))
        .isInstanceOf(ComponentException.class);
    RABBIT.start();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(ComponentException.class)
        .until(
            () -> {
              publish(pubsub, topic, "two", Map.of());
              return true;
            });
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> inbox.texts().contains("two"));

    assertThat(node.log).anyMatch(line -> line.contains("subscriber is reconnecting in 1s"));
  }

  @Test
  void aChannelThatTheBrokerClosesIsReplaced() {
    PubSub pubsub = open("a", "deletedWhenUnused", "false");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox, Map.of());
    elsewhere(channel -> channel.queueDelete("a-" + topic));
    Awaitility.await()
        .atMost(15, TimeUnit.SECONDS)
        .until(
            () -> {
              publish(pubsub, topic, "again", Map.of());
              return !inbox.messages.isEmpty();
            });
    elsewhere(channel -> channel.exchangeDelete(topic));
    Awaitility.await()
        .atMost(15, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(ComponentException.class)
        .until(
            () -> {
              publish(pubsub, topic, "once more", Map.of());
              return true;
            });
  }

  @Test
  void badSettingsAndLoginsAreTold() {
    assertThatThrownBy(() -> open("a", "deliveryMode", "3"))
        .hasMessage(
            "rabbitmq pub/sub error: invalid RabbitMQ delivery mode, accepted values are between 0"
                + " and 2");
    assertThatThrownBy(() -> open("a", "exchangeKind", "x"))
        .hasMessage("rabbitmq pub/sub error: invalid RabbitMQ exchange kind x");
    assertThatThrownBy(
            () ->
                open("a", "connectionString", RABBIT.uri().replace("guest:guest", "guest:geheim")))
        .hasMessage("Exception (403) Reason: \"username or password not allowed\"");
    assertThatThrownBy(() -> open("a", "connectionString", "amqp://u:geheim@127.0.0.1:1/"))
        .hasMessage("dial tcp 127.0.0.1:1: connect: connection refused");
    assertThatThrownBy(() -> open("a", "connectionString", "amqp://u:ge heim@127.0.0.1:1/"))
        .hasMessageNotContaining("heim");
    PubSub pubsub = open("a");
    assertThatThrownBy(() -> subscribe(pubsub, topic, new Inbox(), Map.of("queueType", "odd")))
        .hasMessage("invalid queue type odd. Valid types are classic and quorum");
  }
}
