package io.jitney.components.pubsub.mqtt3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.pubsub.Inbox;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.testing.ProcessServer;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** MQTT against mosquitto: sessions, acknowledgements, wildcards, shares, restarts. */
class MqttPubSubIT {
  @RegisterExtension static final ProcessServer MOSQUITTO = ProcessServer.mosquitto();

  private static final AtomicInteger TESTS = new AtomicInteger();

  private final TestNode node = new TestNode(Path.of("."));
  private final List<PubSub> opened = new ArrayList<>();
  private final String topic = "test" + TESTS.incrementAndGet();

  @AfterEach
  void closeAll() {
    opened.forEach(pubsub -> node.await(pubsub::close));
    node.close();
  }

  private PubSub open(String client, String... more) {
    Map<String, String> metadata = new HashMap<>();
    metadata.put("url", "mqtt://" + MOSQUITTO.address());
    metadata.put("consumerID", client + topic);
    for (int i = 0; i < more.length; i += 2) {
      metadata.put(more[i], more[i + 1]);
    }
    var factory = Catalog.pubSub("pubsub.mqtt3", "v1").orElseThrow();
    PubSub pubsub =
        node.await(() -> factory.open(TestNode.spec("pubsub.mqtt3", metadata), node.opening()));
    opened.add(pubsub);
    return pubsub;
  }

  private void publish(PubSub pubsub, String to, String data, String... metadata) {
    Map<String, String> map = metadata.length == 0 ? Map.of() : Map.of(metadata[0], metadata[1]);
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(), new PublishRequest(Buffer.buffer(data), to, map, true)));
  }

  private PubSub.Subscription subscribe(PubSub pubsub, String filter, Inbox inbox) {
    return node.await(
        () ->
            pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(filter, Map.of()), inbox));
  }

  @Test
  void everySessionGetsEverythingOnce() {
    PubSub one = open("a");
    PubSub two = open("b");
    Inbox first = new Inbox();
    Inbox second = new Inbox();
    subscribe(one, topic, first);
    subscribe(two, topic, second);
    for (int i = 0; i < 100; i++) {
      publish(one, topic, "m" + i);
    }
    first.await(100);
    second.await(100);

    assertThat(first.settled(100)).isEqualTo(100);
    assertThat(second.texts()).startsWith("m0", "m1").endsWith("m99");
    assertThat(first.metadata(0)).isEqualTo(Map.of("retained", "false"));
    assertThat(one.features()).containsExactly(PubSubFeature.SUBSCRIBE_WILDCARDS);
  }

  @Test
  void retainedMessagesAreToldSo() {
    PubSub pubsub = open("a");
    publish(pubsub, topic, "kept", "retain", "true");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    inbox.await(1);

    assertThat(inbox.metadata(0)).isEqualTo(Map.of("retained", "true"));
    assertThatThrownBy(() -> publish(pubsub, topic, "x", "retain", "maybe"))
        .hasMessageStartingWith("mqtt invalid retain maybe, strconv.ParseBool");
  }

  @Test
  void wildcardsAndSharesWork() {
    PubSub one = open("a");
    PubSub two = open("b");
    Inbox wild = new Inbox();
    Inbox exact = new Inbox();
    Inbox share1 = new Inbox();
    Inbox share2 = new Inbox();
    subscribe(one, topic + "/+/x", wild);
    subscribe(one, topic + "/1/y", exact);
    subscribe(one, "$share/g/" + topic + "s", share1);
    subscribe(two, "$share/g/" + topic + "s", share2);
    publish(one, topic + "/1/x", "wild");
    publish(one, topic + "/1/y", "exact");
    for (int i = 0; i < 20; i++) {
      publish(one, topic + "s", "s" + i);
    }
    Awaitility.await().until(() -> share1.messages.size() + share2.messages.size() == 20);
    wild.await(1);
    exact.await(1);

    assertThat(wild.messages.getFirst().topic()).isEqualTo(topic + "/1/x");
    assertThat(share1.messages).isNotEmpty();
    assertThat(share2.messages).isNotEmpty();
  }

  @Test
  void oneThatFailsDoesNotStopTheOthersAndComesAgainLater() {
    PubSub pubsub = open("a");
    Inbox inbox = new Inbox();
    inbox.answer =
        message -> message.data().toString().equals("m0") ? Future.failedFuture("no") : Inbox.OK;
    PubSub.Subscription subscription = subscribe(pubsub, topic, inbox);
    for (int i = 0; i < 60; i++) { // more than the broker leaves without acknowledgement
      publish(pubsub, topic, "m" + i);
    }
    inbox.await(60);
    assertThat(inbox.settled(100)).isEqualTo(60);
    node.await(subscription::cancel);

    Inbox next = new Inbox();
    subscribe(pubsub, topic, next);
    next.await(1);
    assertThat(next.settled(200)).isEqualTo(1);
    assertThat(next.texts()).containsExactly("m0");
  }

  @Test
  void whatWasHeldWhenTheClientWentComesWhenItIsBack() {
    PubSub pubsub = open("a");
    PubSub publisher = open("p");
    Inbox silent = Inbox.silent();
    subscribe(pubsub, topic, silent);
    publish(publisher, topic, "held");
    silent.await(1);
    opened.remove(pubsub);
    node.await(pubsub::close);
    publish(publisher, topic, "while away");

    PubSub back = open("a");
    Inbox next = new Inbox();
    subscribe(back, topic, next);
    next.await(2);
    assertThat(next.texts()).containsExactlyInAnyOrder("held", "while away");
  }

  @Test
  void aBrokerThatRestartsIsFollowed() {
    PubSub pubsub = open("a");
    Inbox inbox = new Inbox();
    subscribe(pubsub, topic, inbox);
    publish(pubsub, topic, "one");
    inbox.await(1);
    MOSQUITTO.stop();
    assertThatThrownBy(
            () ->
                node.await(
                    () ->
                        pubsub.publish(
                            TestNode.call(500),
                            new PublishRequest(Buffer.buffer("late"), topic, Map.of(), true))))
        .hasMessageStartingWith("failed to publish: ");
    MOSQUITTO.start();
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(ComponentException.class)
        .until(
            () -> {
              publish(pubsub, topic, "two");
              return true;
            });
    Awaitility.await().until(() -> inbox.texts().contains("two"));
  }

  @Test
  void everyQualityOfServiceWorks() {
    for (String qos : List.of("0", "1", "2")) {
      PubSub pubsub = open("q" + qos, "qos", qos);
      Inbox inbox = new Inbox();
      subscribe(pubsub, topic + qos, inbox);
      for (int i = 0; i < 30; i++) {
        publish(pubsub, topic + qos, "m" + i);
      }
      inbox.await(30);
      assertThat(inbox.settled(50)).as("qos %s", qos).isEqualTo(30);
    }
  }

  @Test
  void badSettingsAreTold() {
    assertThatThrownBy(() -> open("a", "url", "")).hasMessage("missing url");
    assertThatThrownBy(() -> open("a", "qos", "9")).hasMessage("invalid qos 9");
    assertThatThrownBy(() -> open("a", "url", "mqtt://u:geheim@127.0.0.1:1"))
        .hasMessage(
            "failed to establish connection to broker: network Error : dial tcp 127.0.0.1:1:"
                + " connect: connection refused");
    assertThatThrownBy(() -> open("a", "url", "mqtt://u:ge heim@127.0.0.1"))
        .hasMessage("invalid url");
  }
}
