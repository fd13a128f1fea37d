package io.jitney.daemon.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Flow;
import io.jitney.components.state.BulkItem;
import io.jitney.components.state.DeleteRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateFeature;
import io.jitney.components.state.StateItem;
import io.jitney.components.state.StateStore;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.pubsub.TopicScopes;
import io.jitney.daemon.state.KeyPrefix;
import io.jitney.daemon.state.StateBinding;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.testing.RecordedLog;
import io.jitney.daemon.testing.TestInstances;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ways that an event may take from the internal topic, with short waits. */
class OutboxDeliveryTest {
  private static final OutboxDelivery.Times SHORT = new OutboxDelivery.Times(5, 5, 10, 40, 20);
  private static final Buffer EVENT = Buffer.buffer("{\"id\":\"outbox-x\",\"data\":1}");

  /** Each step is a timer of another loop, which on a starved machine takes seconds to start. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Vertx vertx;

  private final RecordedLog log = new RecordedLog();
  private final AppInstance instance = new TestInstances().open("a", InstanceMetrics.NONE, log);
  private final Store store = new Store();
  private final Broker broker = new Broker();
  private final AtomicBoolean ended = new AtomicBoolean();

  /** Holds markers; may fail so many times before. */
  private static final class Store implements StateStore {
    private final Set<String> markers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger broken = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();

    @Override
    public Set<StateFeature> features() {
      return Set.of();
    }

    private boolean breaks() {
      return broken.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Override
    public Future<StateItem> get(CallContext context, GetRequest request) {
      looks.incrementAndGet();
      if (breaks()) {
        return Future.failedFuture(new ComponentException.Failed("store is down"));
      }
      return Future.succeededFuture(
          markers.contains(request.key())
              ? new StateItem(Buffer.buffer("\"0\""), "1", Map.of())
              : StateItem.absent());
    }

    @Override
    public Future<Void> delete(CallContext context, DeleteRequest request) {
      if (breaks()) {
        return Future.failedFuture(new ComponentException.Failed("store is down"));
      }
      markers.remove(request.key());
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> set(CallContext context, SetRequest request) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<List<BulkItem>> bulkGet(
        CallContext context, List<GetRequest> requests, int parallelism) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  /** Keeps what it gets; may fail so many times before. */
  private static final class Broker implements PubSub {
    private final List<PublishRequest> got = new CopyOnWriteArrayList<>();
    private final AtomicInteger broken = new AtomicInteger();

    @Override
    public Set<PubSubFeature> features() {
      return Set.of();
    }

    @Override
    public Future<Void> publish(CallContext context, PublishRequest request) {
      if (broken.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        return Future.failedFuture(new ComponentException.Failed("broker is down"));
      }
      got.add(request);
      return Future.succeededFuture();
    }

    @Override
    public Future<Subscription> subscribe(
        Flow flow, SubscribeRequest request, MessageHandler handler) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void end() {
    ended.set(true);
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Future<Void> deliver(boolean discard, Buffer event, String... scopes) {
    instance
        .components()
        .add(
            new ComponentSet.Loaded("p", "pubsub.test", "v1", List.of()),
            new OpenPubSub(
                "p",
                broker,
                TopicScopes.of(scopes.length == 0 ? Map.of() : Map.of(scopes[0], scopes[1]), "a"),
                ""));
    return new OutboxDelivery(
            vertx,
            instance,
            new StateBinding("s", store, KeyPrefix.NONE, null),
            new OutboxSettings("p", "t", "p", discard),
            SHORT,
            ended::get)
        .deliver(event);
  }

  private static void awaits(Future<Void> delivered) {
    await().atMost(PATIENCE).until(delivered::isComplete);
  }

  @Test
  void anEventWithoutAMarkerIsDiscardedWhereTheComponentSaysSo() {
    Future<Void> delivered = deliver(true, EVENT);

    awaits(delivered);
    assertThat(delivered.succeeded()).isTrue();
    assertThat(broker.got).isEmpty();
    assertThat(store.looks.get()).isGreaterThan(2);
    assertThat(log.lines())
        .anyMatch(line -> line.contains("the state of event outbox-x is missing; discarded"));
  }

  @Test
  void elsewhereItWaitsForItsMarker() {
    Future<Void> delivered = deliver(false, EVENT);

    await().atMost(PATIENCE).during(Duration.ofMillis(120)).until(() -> !delivered.isComplete());
    assertThat(broker.got).isEmpty();
    store.markers.add("outbox-x");

    awaits(delivered);
    assertThat(broker.got).hasSize(1);
    assertThat(new JsonObject(broker.got.getFirst().data()).getMap())
        .containsEntry("topic", "t")
        .containsEntry("pubsubname", "p");
    await().atMost(PATIENCE).until(store.markers::isEmpty);
  }

  @Test
  void aStoreThatIsDownDoesNotCountAsAMissingMarker() {
    store.broken.set(12); // well beyond patience
    store.markers.add("outbox-x");

    Future<Void> delivered = deliver(true, EVENT);

    awaits(delivered);
    assertThat(broker.got).hasSize(1);
    assertThat(log.lines()).noneMatch(line -> line.contains("discarded"));
  }

  @Test
  void whatTheBrokerDoesNotTakeIsPublishedAgain() {
    broker.broken.set(3);
    store.markers.add("outbox-x");

    awaits(deliver(false, EVENT));

    assertThat(broker.got).hasSize(1);
    assertThat(log.lines())
        .anyMatch(line -> line.contains("event outbox-x could not be published: broker is down"));
    await().atMost(PATIENCE).until(store.markers::isEmpty);
  }

  @Test
  void aMarkerThatCanNotBeDeletedIsTriedAgain() {
    instance.outbox().begin("outbox-x");
    instance.outbox().end("outbox-x", Outbox.Outcome.DONE);
    store.markers.add("outbox-x");
    store.broken.set(2); // the event's transaction is known: nobody looks

    awaits(deliver(false, EVENT));

    await().atMost(PATIENCE).until(store.markers::isEmpty);
    assertThat(store.looks.get()).isZero();
    assertThat(broker.got).hasSize(1);
  }

  @Test
  void aTopicThatTheAppMayNotPublishToSendsItBackToTheBroker() {
    store.markers.add("outbox-x");

    Future<Void> delivered = deliver(false, EVENT, "publishingScopes", "a=other");

    awaits(delivered);
    assertThat(delivered.cause()).hasMessage("topic t is not allowed for app id a");
    assertThat(store.markers).containsExactly("outbox-x");
  }

  @Test
  void theEndOfItsTransactionDecidesWhereItIsKnown() {
    instance.outbox().begin("outbox-x");
    Future<Void> failed = deliver(false, EVENT);
    assertThat(failed.isComplete()).isFalse();
    instance.outbox().end("outbox-x", Outbox.Outcome.FAILED);
    awaits(failed);
    assertThat(broker.got).isEmpty();

    instance.outbox().begin("outbox-x");
    instance.outbox().end("outbox-x", Outbox.Outcome.UNKNOWN); // the store knows
    store.markers.add("outbox-x");
    awaits(deliver(false, EVENT));
    assertThat(broker.got).hasSize(1);
    assertThat(store.looks.get()).isEqualTo(1);
  }

  @Test
  void whatIsNoEventOfTheOutboxGoesBackToTheBroker() {
    assertThat(deliver(true, Buffer.buffer("no JSON")).cause())
        .hasMessageStartingWith("outbox: not a CloudEvent");
    assertThat(deliver(true, Buffer.buffer("{\"data\":1}")).cause())
        .hasMessage("outbox: an event without id");
  }

  @Test
  void afterTheEndOfTheSubscriptionNothingMoreHappens() {
    Future<Void> delivered = deliver(false, EVENT);
    ended.set(true);
    store.markers.add("outbox-x");

    await().atMost(PATIENCE).during(Duration.ofMillis(60)).until(() -> !delivered.isComplete());
    assertThat(broker.got).isEmpty();
  }
}
