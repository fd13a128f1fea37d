package io.jitney.components.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.catalog.Catalog;
import io.jitney.components.testing.TestNode;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What every broker owes an app that is away: messages wait for it and for it alone, somebody is
 * told, and it gets them when it comes back. Always with another app that is there.
 */
public abstract class KeeperConformance {
  private static final AtomicInteger TOPICS = new AtomicInteger();
  private static final Duration SOON = Duration.ofSeconds(30);

  protected final TestNode node = new TestNode(Path.of("."));
  protected final String topic = "kept" + TOPICS.incrementAndGet();
  private final List<PubSub> opened = new ArrayList<>();
  private final AtomicInteger told = new AtomicInteger();

  /** Component type. */
  protected abstract String type();

  /** Metadata of an app's component, besides {@code consumerID}. */
  protected abstract Map<String, String> metadata(String app);

  /** Makes what the broker wants to be there before. */
  protected void prepare() {}

  @BeforeEach
  void prepared() {
    prepare();
  }

  @AfterEach
  void closeAll() {
    opened.forEach(pubsub -> node.await(pubsub::close));
    assertThat(node.pools().clientsByType()).isEmpty();
    node.close();
  }

  protected PubSub open(String app, boolean standIn) {
    Map<String, String> metadata = new HashMap<>(metadata(app));
    metadata.put("consumerID", app + topic);
    var factory = Catalog.pubSub(type(), "v1").orElseThrow();
    PubSub pubsub =
        node.await(
            () ->
                factory.open(
                    TestNode.spec(type(), metadata), standIn ? node.standIn() : node.opening()));
    opened.add(pubsub);
    return pubsub;
  }

  protected PubSub.Subscription keep(PubSub pubsub) {
    return node.await(
        () ->
            ((PubSub.Keeper) pubsub)
                .keep(
                    TestNode.flow("app"),
                    new SubscribeRequest(topic, Map.of()),
                    told::incrementAndGet));
  }

  protected PubSub.Subscription subscribe(PubSub pubsub, Inbox inbox) {
    return node.await(
        () -> pubsub.subscribe(TestNode.flow("app"), new SubscribeRequest(topic, Map.of()), inbox));
  }

  /** Waits until what is published comes, where a subscription does not begin at once. */
  protected void awaitBegun(PubSub pubsub, Inbox inbox) {}

  protected void publish(PubSub pubsub, String data) {
    node.await(
        () ->
            pubsub.publish(
                TestNode.call(20_000),
                new PublishRequest(Buffer.buffer(data), topic, Map.of(), true)));
  }

  private void close(PubSub pubsub) {
    opened.remove(pubsub);
    node.await(pubsub::close);
  }

  private void awaitTold() {
    told.set(0);
    Awaitility.await().atMost(SOON).until(() -> told.get() > 1);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void messagesWaitForTheAppThatIsAwayAndForNobodyElse() {
    PubSub awake = open("awake", false);
    Inbox others = new Inbox();
    subscribe(awake, others);
    awaitBegun(awake, others);
    PubSub standIn = open("asleep", true);
    PubSub.Subscription kept = keep(standIn);
    for (int i = 0; i < 3; i++) {
      publish(awake, "m" + i);
    }
    awaitTold();
    others.await(3);

    PubSub instance = open("asleep", false);
    Inbox inbox = new Inbox();
    PubSub.Subscription subscription = subscribe(instance, inbox);
    node.await(kept::cancel);
    inbox.await(3);
    publish(awake, "live");
    inbox.await(4);

    assertThat(inbox.texts()).containsExactlyInAnyOrder("m0", "m1", "m2", "live");
    assertThat(inbox.settled(300)).isEqualTo(4);
    others.await(4);
    assertThat(others.settled(100)).isEqualTo(4);

    // It goes away again: the stand-in first, for some brokers forget who nobody reads for.
    kept = keep(standIn);
    node.await(subscription::cancel);
    close(instance);
    publish(awake, "later");
    awaitTold();
    Inbox again = new Inbox();
    subscribe(open("asleep", false), again);
    node.await(kept::cancel);
    again.await(1);
    assertThat(again.texts()).contains("later");
    others.await(5);
    assertThat(others.settled(100)).isEqualTo(5);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void nothingIsToldWhileNothingWaits() throws InterruptedException {
    PubSub awake = open("awake", false);
    subscribe(awake, new Inbox());
    PubSub.Subscription kept = keep(open("asleep", true));

    Thread.sleep(2_500);
    assertThat(told.get()).isZero();
    publish(awake, "x");
    awaitTold();
    node.await(kept::cancel);
    int before = told.get();
    Thread.sleep(1_500);
    assertThat(told.get()).isEqualTo(before);
  }
}
