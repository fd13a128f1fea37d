package io.jitney.components.pubsub.jetstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.ProcessServer;
import io.jitney.components.testing.TestNode;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.StreamConfiguration;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** JetStream against nats-server: ids, answers, groups, restarts. */
class JetStreamPubSubIT {
  @RegisterExtension static final ProcessServer NATS = ProcessServer.nats("--auth", "geheim");

  private static final AtomicInteger TESTS = new AtomicInteger();

  private final TestNode node = new TestNode(Path.of("."));
  private final List<PubSub> opened = new ArrayList<>();
  private final String stream = "S" + TESTS.incrementAndGet();
  private final String topic = "t" + stream;

  /** What somebody else does on the server. */
  private interface Elsewhere<T> {
    T on(JetStreamManagement management) throws Exception;
  }

  private static <T> T elsewhere(Elsewhere<T> action) {
    try (Connection connection = Nats.connect("nats://geheim@" + NATS.address())) {
      return action.on(connection.jetStreamManagement());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void makeStream() {
    elsewhere(
        management ->
            management.addStream(
                StreamConfiguration.builder().name(stream).subjects(topic, topic + ".>").build()));
  }

  @AfterEach
  void closeAll() {
    opened.forEach(pubsub -> node.await(pubsub::close));
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
  }

  private PubSub open(String... more) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("natsURL", "nats://" + NATS.address());
    metadata.put("token", "geheim");
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    var factory = Catalog.pubSub("pubsub.jetstream", "v1").orElseThrow();
    PubSub pubsub =
        node.await(() -> factory.open(TestNode.spec("pubsub.jetstream", metadata), node.opening()));
    opened.add(pubsub);
    return pubsub;
  }

  private void publish(PubSub pubsub, String to, String data) {
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(), new PublishRequest(Buffer.buffer(data), to, Map.of(), true)));
  }

  private PubSub.Subscription subscribe(PubSub pubsub, String to, Inbox inbox) {
    return node.await(
        () -> pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(to, Map.of()), inbox));
  }

  private List<ConsumerInfo> consumers() {
    return elsewhere(management -> management.getConsumers(stream));
  }

  private void awaitAcknowledged() {
    Awaitility.await()
        .until(() -> consumers().stream().allMatch(one -> one.getNumAckPending() == 0));
  }

  @Test
  void everySubscriberGetsEverythingAndCopiesAreTold() {
    PubSub one = open();
    PubSub two = open();
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    publish(one, topic, "{\"id\":\"1\"}");
    publish(one, topic, "{\"id\":\"1\"}");
    subscribe(one, topic, first);
    subscribe(two, topic + ".>", second);
    publish(two, topic + ".a", "plain");
    publish(two, topic, "[1]");
    first.await(2);
    second.await(1);

    assertThat(first.texts()).containsExactly("{\"id\":\"1\"}", "[1]");
    assertThat(first.metadata(0)).isEqualTo(Map.of("Topic", topic));
    assertThat(second.metadata(0)).isEqualTo(Map.of("Topic", topic + ".a"));
    assertThat(second.messages.getFirst().topic()).isEqualTo(topic + ".>");
    assertThat(node.pools().clientsByType()).containsEntry("nats", 1);
    awaitAcknowledged();
  }

  @Test
  void aQueueGroupSharesADurableConsumer() {
    String[] group = {"durableName", "d" + stream, "queueGroupName", "g"};
    PubSub one = open(group);
    PubSub two = open(group);
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    subscribe(one, topic, first);
    subscribe(two, topic, second);
    for (int i = 0; i < 60; i++) {
      publish(one, topic, "m" + i);
    }
    Awaitility.await().until(() -> first.messages.size() + second.messages.size() == 60);

    assertThat(consumers()).hasSize(1);
    assertThat(first.messages).isNotEmpty();
    assertThat(second.messages).isNotEmpty();
    awaitAcknowledged();
  }

  @Test
  void failuresComeAgainAndOthersGoOn() {
    PubSub pubsub = open("maxDeliver", "3");
    Inbox inbox = new Inbox();
    inbox.answer =
        message -> message.data().toString().equals("bad") ? Future.failedFuture("no") : Inbox.OK;
    subscribe(pubsub, topic, inbox);
    publish(pubsub, topic, "bad");
    publish(pubsub, topic, "good");
    inbox.await(4);

    assertThat(inbox.settled(200)).isEqualTo(4);
    assertThat(inbox.texts()).containsOnly("bad", "good");
    assertThat(node.log).anyMatch(line -> line.contains("Error processing JetStream message"));
  }

  @Test
  void oneByOneUnlessAskedOtherwise() {
    for (String mode : List.of("single", "parallel")) {
      PubSub pubsub = open("concurrencyMode", mode);
      Inbox inbox = new Inbox();
      inbox.answer =
          message -> {
            Promise<Void> answer = Promise.promise();
            node.resources().vertx().setTimer(20, due -> answer.complete());
            return answer.future();
          };
      subscribe(pubsub, topic, inbox);
      for (int i = 0; i < 10; i++) {
        publish(pubsub, topic, mode + i);
      }
      inbox.await(10);
      if (mode.equals("single")) {
        assertThat(inbox.mostAtOnce.get()).isEqualTo(1);
      } else {
        assertThat(inbox.mostAtOnce.get()).isGreaterThan(1);
      }
    }
  }

  @Test
  void whatACancelledSubscriptionHeldComesAgain() {
    PubSub pubsub = open("durableName", "d" + stream, "ackWait", "1s");
    Inbox silent = Inbox.silent();
    Inbox other = new Inbox();
    PubSub.Subscription held = subscribe(pubsub, topic, silent);
    PubSub beside = open();
    subscribe(beside, topic, other);
    publish(pubsub, topic, "held");
    silent.await(1);
    node.await(held::cancel);
    publish(pubsub, topic, "on");
    other.await(2);
    Inbox next = new Inbox();
    subscribe(pubsub, topic, next);
    next.await(2);

    assertThat(next.texts()).containsExactlyInAnyOrder("held", "on");
    awaitAcknowledged();
  }

  @Test
  void aServerThatIsKilledIsFollowedAndNothingIsLost() {
    PubSub pubsub = open();
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    publish(pubsub, topic, "one");
    inbox.await(1);
    NATS.kill();
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        pubsub.publish(
                            TestNode.call(500),
                            new PublishRequest(Buffer.buffer("late"), topic, Map.of(), true))))
        .isInstanceOf(ComponentException.class);
    NATS.start();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(ComponentException.class)
        .until(
            () -> {
              publish(pubsub, topic, "two");
              return true;
            });

    Awaitility.await().atMost(40, TimeUnit.SECONDS).until(() -> inbox.texts().contains("two"));
    assertThat(inbox.texts().stream().filter("one"::equals).count()).isEqualTo(1);
  }

  @Test
  void badSettingsAndLoginsAreTold() {
    assertThatThrownBy(() -> open("natsURL", "")).hasMessage("missing nats URL");
    assertThatThrownBy(() -> open("jwt", "x")).hasMessage("missing seed key");
    assertThatThrownBy(() -> open("tls_client_cert", "x")).hasMessage("missing tls client key");
    assertThatThrownBy(() -> open("deliverPolicy", "x"))
        .hasMessage("deliver policy x is not one of: all, last, new, sequence, time");
    assertThatThrownBy(() -> open("token", "falsch")).hasMessage("nats: Authorization Violation");
    assertThatThrownBy(() -> open("natsURL", "nats://u:heimlich@127.0.0.1:1"))
        .hasMessage("nats: no servers available for connection");
    PubSub pubsub = open();
    assertThatThrownBy(() -> publish(pubsub, "nowhere", "x"))
        .hasMessage("nats: no response from stream");
    assertThatThrownBy(() -> subscribe(pubsub, "nowhere", new Inbox()))
        .hasMessage("nats: no stream matches subject");
  }
}
