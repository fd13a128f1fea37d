package io.jitney.components.pubsub.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.ComponentSpec;
import io.jitney.components.spi.Flow;
import io.jitney.components.spi.Metadata;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InMemoryPubSubTest {
  private static TestNode node;

  private final PubSub bus = open();
  private final List<Message> got = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void start() {
    node = new TestNode(Path.of("."));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static PubSub open() {
    return InMemoryPubSub.open(
            new ComponentSpec("bus", "pubsub.in-memory", "v1", new Metadata(Map.of())),
            node.opening())
        .result();
  }

  private Future<Void> publish(String topic, String text) {
    return bus.publish(
        new CallContext(System.nanoTime() + 1_000_000_000L, null),
        new PublishRequest(Buffer.buffer(text), topic, Map.of("k", "v"), true));
  }

  private PubSub.Subscription subscribe(String topic, PubSub.MessageHandler handler) {
    return bus.subscribe(Flow.NODE, new SubscribeRequest(topic, Map.of()), handler).result();
  }

  private Future<Void> keep(Message message) {
    got.add(message);
    return Future.succeededFuture();
  }

  private List<String> texts() {
    return got.stream().map(message -> message.data().toString()).toList();
  }

  @Test
  void messagesComeInOrderWithTheirMetadata() {
    subscribe("t", this::keep);

    for (int i = 0; i < 100; i++) {
      assertThat(publish("t", "m" + i).succeeded()).isTrue();
      publish("other", "x");
    }

    await().until(() -> got.size() == 100);
    assertThat(texts()).startsWith("m0", "m1").endsWith("m99");
    assertThat(got.getFirst().topic()).isEqualTo("t");
    assertThat(got.getFirst().metadata()).containsExactly(Map.entry("k", "v"));
  }

  @Test
  void aStarAtTheEndStandsForOneCharacterOrMore() {
    subscribe("order*", this::keep);

    publish("order", "no");
    publish("orders", "yes");
    publish("Orders", "no");
    publish("order.x/y", "too");

    await().until(() -> got.size() == 2);
    assertThat(texts()).containsExactly("yes", "too");
    assertThat(got.getFirst().topic()).isEqualTo("order*");
  }

  @Test
  void oneMessageAtATimeAndAFailureIsLoggedOnly() {
    List<Promise<Void>> answers = new CopyOnWriteArrayList<>();
    subscribe(
        "t",
        message -> {
          got.add(message);
          Promise<Void> answer = Promise.promise();
          answers.add(answer);
          return answer.future();
        });

    publish("t", "1");
    publish("t", "2");
    await().until(() -> answers.size() == 1);
    answers.getFirst().fail("no such thing");

    await().until(() -> answers.size() == 2);
    assertThat(texts()).containsExactly("1", "2");
    assertThat(node.log).contains("error no such thing");
  }

  @Test
  void aSlowHandlerFirstHoldsItsPublisherUpThenTurnsItAway() {
    Promise<Void> never = Promise.promise();
    PubSub.Subscription slow = subscribe("t", message -> never.future());
    subscribe("t", this::keep);

    List<Future<Void>> published = new ArrayList<>();
    for (int i = 0; i < 2 * InMemorySubscription.WINDOW_MESSAGES + 2; i++) {
      published.add(publish("t", "m" + i));
    }

    assertThat(published.getFirst().succeeded()).isTrue();
    assertThat(published.get(InMemorySubscription.WINDOW_MESSAGES - 1).succeeded()).isTrue();
    assertThat(published.get(InMemorySubscription.WINDOW_MESSAGES + 2).isComplete()).isFalse();
    assertThat(published.getLast().cause()).isInstanceOf(ComponentException.Overloaded.class);
    await().until(() -> got.size() == published.size());

    slow.cancel();
    assertThat(published.get(InMemorySubscription.WINDOW_MESSAGES + 2).succeeded()).isTrue();
  }

  @Test
  void nothingComesAfterItWasCancelledOrClosed() {
    PubSub.Subscription ended = subscribe("t", this::keep);

    Future<Void> cancelled = ended.cancel();
    await().until(cancelled::isComplete);
    publish("t", "late");
    bus.close();

    assertThat(publish("t", "later").failed()).isTrue();
    assertThat(bus.subscribe(Flow.NODE, new SubscribeRequest("t", Map.of()), this::keep))
        .satisfies(refused -> await().until(refused::failed));
    assertThat(got).isEmpty();
  }

  @Test
  void twoComponentsAreTwoBuses() {
    PubSub other = open();
    other.subscribe(Flow.NODE, new SubscribeRequest("t", Map.of()), this::keep);
    subscribe("t", this::keep);

    publish("t", "mine");

    await().until(() -> got.size() == 1);
    await().during(java.time.Duration.ofMillis(50)).until(() -> got.size() == 1);
  }
}
