package io.jitney.components.bindings.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.jitney.components.bindings.BindingResponse;
import io.jitney.components.bindings.EventInbox;
import io.jitney.components.bindings.InputBinding;
import io.jitney.components.bindings.OpenBindings;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.testing.RabbitServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code bindings.rabbitmq} against a broker: wire format, acknowledgements, restarts. */
class RabbitBindingIT {
  @RegisterExtension static final RabbitServer RABBIT = new RabbitServer();

  private static final AtomicInteger QUEUES = new AtomicInteger();

  private final String queue = "q" + QUEUES.incrementAndGet();
  private final OpenBindings bindings =
      new OpenBindings(
          "bindings.rabbitmq",
          Map.of("host", RABBIT.uri(), "queueName", queue, "reconnectWaitInSeconds", "1"));

  @AfterEach
  void close() {
    bindings.close();
  }

  private interface Looking<T> {
    T at(Channel channel) throws Exception;
  }

  private static <T> T look(Looking<T> looking) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(RABBIT.port());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      return looking.at(channel);
    }
  }

  private GetResponse take() throws Exception {
    return Awaitility.await()
        .until(() -> look(channel -> channel.basicGet(queue, true)), got -> got != null);
  }

  private long ready() throws Exception {
    return look(channel -> channel.messageCount(queue));
  }

  @Test
  void theRequestsMetadataAreHeadersAndProperties() throws Exception {
    OutputBinding output = bindings.output("durable", "true", "maxPriority", "7");
    assertThat(output.operations()).containsExactly("create");
    BindingResponse response =
        bindings.create(
            output,
            "x",
            "ttlInSeconds",
            "60",
            "priority",
            "5",
            "ContentType",
            "application/json",
            "messageID",
            "m1",
            "correlationID",
            "c1",
            "type",
            "t1",
            "other",
            "o");
    assertThat(response).isEqualTo(BindingResponse.NONE);

    GetResponse got = take();
    assertThat(got.getBody()).asString().isEqualTo("x");
    assertThat(got.getEnvelope().getExchange()).isEmpty();
    assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
    assertThat(got.getProps().getExpiration()).isEqualTo("60000");
    assertThat(got.getProps().getPriority()).isEqualTo(5);
    assertThat(got.getProps().getContentType()).isEqualTo("application/json");
    assertThat(got.getProps().getMessageId()).isEqualTo("m1");
    assertThat(got.getProps().getCorrelationId()).isEqualTo("c1");
    assertThat(got.getProps().getType()).isEqualTo("t1");
    assertThat(got.getProps().getHeaders().get("other")).hasToString("o");
    assertThat(got.getProps().getHeaders().get("ttlInSeconds")).hasToString("60");
    assertThatThrownBy(() -> bindings.create(output, "x", "ttlInSeconds", "soon"))
        .hasMessage("failed to get TTL: ttl value must be a valid integer: actual is 'soon'");
    assertThatThrownBy(() -> bindings.create(output, "x", "priority", "high"))
        .hasMessage("priority value must be a valid integer: actual is 'high'");
  }

  @Test
  void headersComeBackEscaped() {
    InputBinding input = bindings.input();
    EventInbox inbox = new EventInbox();
    bindings.read(input, inbox);
    bindings.create(bindings.output(), "{}", "a b", "1&2", "plain", "é");
    inbox.await(1);

    assertThat(inbox.texts()).containsExactly("{}");
    assertThat(inbox.events.getFirst().metadata())
        .isEqualTo(Map.of("a+b", "1%262", "plain", "%C3%A9"));
  }

  @Test
  void whatTheAppDidNotTakeComesAgainAndIsGoneOnceItDid() throws Exception {
    InputBinding input = bindings.input("durable", "true");
    OutputBinding output = bindings.output("durable", "true");
    AtomicInteger refusals = new AtomicInteger();
    EventInbox inbox = new EventInbox();
    inbox.answer =
        event ->
            event.data().toString().equals("bad") && refusals.incrementAndGet() <= 3
                ? io.vertx.core.Future.failedFuture("no")
                : EventInbox.OK;
    bindings.read(input, inbox);
    bindings.create(output, "bad");
    bindings.create(output, "good");
    inbox.await(5);

    assertThat(inbox.settled(300)).isEqualTo(5);
    assertThat(inbox.texts()).containsOnlyOnce("good");
    bindings.close(input);
    assertThat(ready()).isZero();
  }

  @Test
  void anAppThatTakesNothingIsNotCalledWithoutEnd() {
    InputBinding input = bindings.input();
    EventInbox inbox = EventInbox.refusing("bad");
    bindings.read(input, inbox);
    bindings.create(bindings.output(), "bad");
    inbox.await(9);

    assertThat(inbox.settled(1_500)).isLessThan(30);
  }

  @Test
  void unansweredOnesGoBackWhenReadingEnds() throws Exception {
    InputBinding input = bindings.input("durable", "true");
    OutputBinding output = bindings.output("durable", "true");
    EventInbox silent = EventInbox.silent();
    InputBinding.Reading reading = bindings.read(input, silent);
    bindings.create(output, "m1");
    bindings.create(output, "m2");
    silent.await(1);
    Awaitility.await().until(bindings::held, bytes -> bytes > 2 * "m1".length());
    bindings.node.await(reading::cancel);
    assertThat(bindings.held()).isZero();
    Awaitility.await().until(this::ready, count -> count == 2);

    EventInbox inbox = new EventInbox();
    bindings.read(input, inbox);
    inbox.await(2);
    assertThat(silent.texts()).containsExactly("m1");
    assertThat(inbox.texts()).containsExactly("m1", "m2");
  }

  @Test
  void twoAppsCompeteForOneQueueOverOneConnection() {
    InputBinding one = bindings.input("prefetchCount", "1");
    InputBinding two = bindings.input("prefetchCount", "1");
    OutputBinding output = bindings.output();
    EventInbox first = new EventInbox();
    EventInbox second = new EventInbox();
    bindings.read(one, first);
    bindings.read(two, second);
    for (int i = 0; i < 40; i++) {
      bindings.create(output, "m" + i);
    }
    Awaitility.await().until(() -> first.events.size() + second.events.size() == 40);

    assertThat(first.events).isNotEmpty();
    assertThat(second.events).isNotEmpty();
    assertThat(bindings.node.pools().clientsByType()).containsEntry("rabbitmq", 2);
  }

  @Test
  void queuesAreDeclaredAsDaprdDoes() throws Exception {
    look(
        channel ->
            channel.queueDeclare(
                queue, true, false, true, Map.of("x-message-ttl", 5_000, "x-max-priority", 10)));
    OutputBinding output =
        bindings.output(
            "durable", "1", "deleteWhenUnused", "yes", "ttlInSeconds", "5", "maxPriority", "10");
    bindings.create(output, "fits");

    assertThat(ready()).isEqualTo(1);
    assertThatThrownBy(() -> bindings.output("durable", "true"))
        .hasMessageContaining("406")
        .hasMessageContaining("PRECONDITION_FAILED");
  }

  @Test
  void anExclusiveQueueIsOneOpeningsAlone() {
    OutputBinding mine = bindings.output("exclusive", "true");
    bindings.create(mine, "x");
    assertThatThrownBy(() -> bindings.output("exclusive", "true"))
        .hasMessageContaining("405")
        .hasMessageContaining("RESOURCE_LOCKED");
  }

  @Test
  void aBrokerThatRestartsIsFollowed() {
    InputBinding input = bindings.input("durable", "true");
    OutputBinding output = bindings.output("durable", "true");
    EventInbox inbox = new EventInbox();
    bindings.read(input, inbox);
    bindings.create(output, "before");
    inbox.await(1);
    RABBIT.stop();
    assertThatThrownBy(() -> bindings.create(output, "lost"))
        .hasMessageStartingWith("failed to publish message: ");
    RABBIT.start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> bindings.create(output, "after") != null);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> inbox.texts().contains("after"));
  }

  @Test
  void badSettingsAreTold() {
    assertThatThrownBy(() -> bindings.output("host", "")).hasMessage("missing host address");
    assertThatThrownBy(() -> bindings.input("queueName", "")).hasMessage("missing queue Name");
    assertThatThrownBy(() -> bindings.input("maxPriority", "x"))
        .hasMessageStartingWith("can't parse maxPriority field: ");
    assertThatThrownBy(() -> bindings.input("ttlInSeconds", "x"))
        .hasMessageStartingWith("failed to parse TTL: ");
    assertThatThrownBy(() -> bindings.input("caCert", "x")).hasMessage("invalid ca certificate");
    assertThatThrownBy(() -> bindings.input("clientKey", "x"))
        .hasMessage("invalid client certificate key");
    assertThatThrownBy(() -> bindings.output("host", "http://u:geheim@127.0.0.1"))
        .hasMessage("AMQP scheme must be either 'amqp://' or 'amqps://'");
    assertThatThrownBy(() -> bindings.output("host", "amqp://u:geheim@127.0.0.1:1/"))
        .hasMessage("dial tcp 127.0.0.1:1: connect: connection refused");
  }
}
