package io.jitney.components.bindings.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.EventInbox;
import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OpenBindings;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.testing.KafkaServer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code bindings.kafka} against a broker: wire format, groups, offsets. */
class KafkaBindingIT {
  @RegisterExtension static final KafkaServer KAFKA = new KafkaServer(3);

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private final String topic = "b" + TOPICS.incrementAndGet();
  private final OpenBindings bindings =
      new OpenBindings(
          "bindings.kafka",
          Map.of(
              "brokers",
              KAFKA.address(),
              "authType",
              "none",
              "topics",
              topic + "," + topic + "more",
              "publishTopic",
              topic,
              "consumerGroup",
              "g" + topic,
              "initialOffset",
              "oldest"));

  @AfterEach
  void close() {
    bindings.close();
  }

  @Test
  void metadataAreHeadersAndKeysChoosePartitions() {
    OutputBinding output = bindings.output();
    assertThat(output.operations()).containsExactly("create");
    BindingResponse response = bindings.create(output, "x", "partitionKey", "key1", "other", "o");
    assertThat(response).isEqualTo(BindingResponse.NONE);
    EventInbox inbox = new EventInbox();
    bindings.read(bindings.input(), inbox);
    inbox.await(1);

    assertThat(inbox.texts()).containsExactly("x");
    assertThat(inbox.events.getFirst().metadata())
        .containsEntry("__key", "key1")
        .containsEntry("partitionKey", "key1")
        .containsEntry("other", "o")
        .containsEntry("__topic", topic)
        .containsEntry("__partition", "2")
        .containsEntry("__offset", "0")
        .containsKey("__timestamp");
  }

  @Test
  void allTopicsAreReadAndMembersOfAGroupShareThem() {
    OutputBinding output = bindings.output();
    OutputBinding more = bindings.output("publishTopic", topic + "more");
    EventInbox inbox = new EventInbox();
    EventInbox other = new EventInbox();
    bindings.read(bindings.input(), inbox);
    bindings.read(bindings.input("consumerGroup", "other" + topic), other);
    bindings.create(output, "1");
    bindings.create(more, "2");
    inbox.await(2);
    other.await(2);

    assertThat(inbox.texts()).containsExactlyInAnyOrder("1", "2");
    assertThat(inbox.settled(300)).isEqualTo(2);
    assertThat(bindings.node.pools().clientsByType()).containsEntry("kafka.producer", 1);
  }

  @Test
  void withoutRetriesTheNextOnePassesAFailure() {
    OutputBinding output = bindings.output();
    EventInbox inbox = EventInbox.refusing("bad");
    InputBinding input = bindings.input();
    bindings.read(input, inbox);
    bindings.create(output, "bad", "partitionKey", "k");
    bindings.create(output, "good", "partitionKey", "k");
    inbox.await(2);
    bindings.close(input);

    EventInbox next = new EventInbox();
    bindings.read(bindings.input(), next);
    bindings.create(output, "later", "partitionKey", "k");
    next.await(1);
    assertThat(inbox.texts()).containsExactly("bad", "good");
    assertThat(next.texts()).containsExactly("later");
  }

  @Test
  void theLastFailureIsNotCommitted() {
    OutputBinding output = bindings.output();
    EventInbox inbox = EventInbox.refusing("bad");
    InputBinding input = bindings.input();
    InputBinding.Reading reading = bindings.read(input, inbox);
    bindings.create(output, "good", "partitionKey", "k");
    bindings.create(output, "bad", "partitionKey", "k");
    inbox.await(2);
    bindings.node.await(reading::cancel);

    EventInbox next = new EventInbox();
    bindings.read(input, next);
    next.await(1);
    assertThat(next.texts()).containsExactly("bad");
  }

  @Test
  void withRetriesItComesAgainInItsPlace() {
    OutputBinding output = bindings.output();
    EventInbox inbox = new EventInbox();
    AtomicInteger refusals = new AtomicInteger();
    inbox.answer =
        event ->
            event.data().toString().equals("bad") && refusals.incrementAndGet() <= 2
                ? io.vertx.core.Future.failedFuture("no")
                : EventInbox.OK;
    bindings.read(bindings.input("consumeRetryEnabled", "true", "backOffDuration", "50ms"), inbox);
    bindings.create(output, "bad", "partitionKey", "k");
    bindings.create(output, "good", "partitionKey", "k");
    inbox.await(4);

    assertThat(inbox.texts()).containsExactly("bad", "bad", "bad", "good");
  }

  @Test
  void badSettingsAreTold() {
    assertThatThrownBy(() -> bindings.output("brokers", ""))
        .hasMessage("kafka error: missing 'brokers' attribute");
    assertThatThrownBy(() -> bindings.input("authType", "awsiam"))
        .hasMessage("kafka error: authType 'awsiam' is not available in this build");
    assertThatThrownBy(() -> bindings.input("brokers", "127.0.0.1:1"))
        .hasMessage(
            "failed to get latest Kafka clients for initialization: kafka: client has run out of"
                + " available brokers to talk to: dial tcp 127.0.0.1:1: connect: connection"
                + " refused");
    InputBinding alone = bindings.input("consumerGroup", "");
    assertThatThrownBy(() -> bindings.read(alone, new EventInbox()))
        .hasMessage("kafka: consumerGroup must be set to subscribe");
    OutputBinding nowhere = bindings.output("publishTopic", "");
    assertThatThrownBy(() -> bindings.create(nowhere, "x")).hasMessageContaining("invalid topic");
    bindings.read(bindings.input("topics", ""), new EventInbox());
    assertThat(bindings.node.log)
        .contains("warn kafka binding: no topic defined, input bindings will not be started");
  }
}
