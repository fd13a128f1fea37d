package io.jitney.components.bindings.mqtt3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.EventInbox;
import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OpenBindings;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.testing.ProcessServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code bindings.mqtt3} against mosquitto: acknowledgements, sessions, restarts. */
class MqttBindingIT {
  @RegisterExtension static final ProcessServer MOSQUITTO = ProcessServer.mosquitto();

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final String topic = "b" + TOPICS.incrementAndGet();
  private final OpenBindings bindings =
      new OpenBindings(
          "bindings.mqtt3",
          Map.of(
              "url", "tcp://" + MOSQUITTO.address(), "topic", topic, "consumerID", "app" + topic));

  @AfterEach
  void close() {
    bindings.close();
  }

  /** Reading goes on by itself: a message may be asked for before the broker took the topic. */
  private void begin(InputBinding input, EventInbox inbox, OutputBinding output) {
    bindings.read(input, inbox);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              bindings.create(output, "probe");
              return inbox.settled(50) > 0;
            });
    inbox.settled(200);
    inbox.events.clear();
  }

  @Test
  void theComponentsTopicOrTheRequests() {
    OutputBinding output = bindings.output();
    assertThat(output.operations()).containsExactly("create");
    EventInbox inbox = new EventInbox();
    EventInbox other = new EventInbox();
    begin(bindings.input(), inbox, output);
    InputBinding elsewhere = bindings.input("topic", topic + "/+", "consumerID", "other" + topic);
    begin(elsewhere, other, bindings.output("topic", topic + "/x"));

    BindingResponse response = bindings.create(output, "here");
    assertThat(response).isEqualTo(BindingResponse.NONE);
    bindings.create(output, "there", "topic", topic + "/y");
    inbox.await(1);
    other.await(1);

    assertThat(inbox.texts()).containsExactly("here");
    assertThat(inbox.events.getFirst().metadata()).isEqualTo(Map.of("topic", topic));
    assertThat(other.texts()).containsExactly("there");
    assertThat(other.events.getFirst().metadata()).isEqualTo(Map.of("topic", topic + "/y"));
  }

  @Test
  void whatWasNotTakenComesAgainToTheNextReader() {
    OutputBinding output = bindings.output();
    InputBinding input = bindings.input();
    EventInbox inbox = EventInbox.refusing("bad");
    begin(input, inbox, output);
    bindings.create(output, "bad");
    bindings.create(output, "good");
    inbox.await(2);
    assertThat(inbox.settled(200)).isEqualTo(2);
    bindings.close(input);
    bindings.create(output, "while away");

    EventInbox next = new EventInbox();
    bindings.read(bindings.input(), next);
    next.await(2);
    assertThat(next.settled(300)).isEqualTo(2);
    assertThat(next.texts()).containsExactlyInAnyOrder("bad", "while away");
  }

  @Test
  void retriesWhereAskedFor() {
    OutputBinding output = bindings.output();
    EventInbox inbox = new EventInbox();
    AtomicInteger refusals = new AtomicInteger();
    inbox.answer =
        event ->
            event.data().toString().equals("bad") && refusals.incrementAndGet() <= 1
                ? io.vertx.core.Future.failedFuture("no")
                : EventInbox.OK;
    begin(bindings.input("backOffMaxRetries", "1"), inbox, output);
    bindings.create(output, "bad");
    inbox.await(2);

    assertThat(inbox.texts()).containsExactly("bad", "bad");
  }

  @Test
  void openingsWithOneNameWriteOverOneConnection() {
    OutputBinding one = bindings.output();
    OutputBinding two = bindings.output();
    EventInbox inbox = new EventInbox();
    begin(bindings.input(), inbox, one);
    for (int i = 0; i < 20; i++) {
      bindings.create(i % 2 == 0 ? one : two, "m" + i);
    }
    inbox.await(20);

    assertThat(bindings.node.pools().clientsByType()).containsEntry("mqtt.producer", 1);
  }

  @Test
  void aBrokerThatIsLateOrRestartsIsFollowed() {
    MOSQUITTO.stop();
    OutputBinding output = bindings.output();
    EventInbox inbox = new EventInbox();
    try {
      bindings.read(bindings.input(), inbox);
      assertThatThrownBy(() -> bindings.create(output, "lost"))
          .hasMessageStartingWith("failed to create producer connection: failed to connect: ")
          .hasMessageEndingWith("connection refused");
    } finally {
      MOSQUITTO.start();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () -> {
              bindings.create(output, "late");
              return inbox.settled(50) > 0;
            });
    MOSQUITTO.stop();
    MOSQUITTO.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () -> {
              bindings.create(output, "again");
              return inbox.texts().contains("again");
            });
  }

  @Test
  void badSettingsAreTold() {
    assertThatThrownBy(() -> bindings.output("url", "")).hasMessage("missing url");
    assertThatThrownBy(() -> bindings.output("topic", "")).hasMessage("missing topic");
    assertThatThrownBy(() -> bindings.output("consumerID", "")).hasMessage("missing consumerID");
    assertThatThrownBy(() -> bindings.output("caCert", "x")).hasMessage("invalid ca certificate");
    assertThatThrownBy(() -> bindings.input("url", "wss://127.0.0.1:1"))
        .hasMessage("invalid url: MQTT over WebSockets is not available in this build");
    bindings.output("qos", "2");
    assertThat(bindings.node.log)
        .contains(
            "warn Metadata property 'qos' has been deprecated and is ignored; qos is set to 1");
  }
}
