package io.jitney.daemon.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.state.GetRequest;
import io.jitney.components.state.SetRequest;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateOptions;
import io.jitney.daemon.adversary.RedisKeys;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.OpenPubSub;
import io.jitney.daemon.state.ApiClient.Item;
import io.jitney.daemon.state.ApiClient.Operation;
import io.jitney.daemon.state.ApiClient.Outcome;
import io.jitney.daemon.state.ApiClient.Result;
import io.jitney.daemon.state.StateApiTests.Transport;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.RedisServer;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** State transactions with events; two tenants with equal components. */
class OutboxIT {
  @RegisterExtension static final RedisServer REDIS = new RedisServer();
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private static final String[] OUTBOX = {
    "outboxPublishPubsub", "p", "outboxPublishTopic", "t", "outboxDiscardWhenMissingState", "true"
  };

  @Nested
  class OverHttp extends Cases {
    OverHttp() {
      super(Transport.HTTP);
    }
  }

  @Nested
  class OverGrpc extends Cases {
    OverGrpc() {
      super(Transport.GRPC);
    }
  }

  abstract static class Cases {
    private final Transport transport;
    private final List<ApiClient> clients = new ArrayList<>();

    Cases(Transport transport) {
      this.transport = transport;
    }

    @AfterEach
    void disconnect() {
      clients.forEach(ApiClient::close);
    }

    private ApiClient connect(Sidecar sidecar) {
      ApiClient client = transport.connect(sidecar);
      clients.add(client);
      return client;
    }

    private static AppInstance instance(Sidecar sidecar) {
      return ((OpenSidecar) sidecar).opened().instance();
    }

    private static SidecarSpec spec(String app, String... broker) {
      return SidecarSpec.app(app)
          .component("p", "pubsub.in-memory", broker)
          .component("s", "state.in-memory", OUTBOX);
    }

    /** What comes to the topic of an instance. */
    private static List<JsonObject> events(Sidecar sidecar) {
      return events(sidecar, "t");
    }

    private static List<JsonObject> events(Sidecar sidecar, String topic) {
      AppInstance instance = instance(sidecar);
      List<JsonObject> events = new CopyOnWriteArrayList<>();
      Objects.requireNonNull(instance.components().pubSub("p"))
          .component()
          .subscribe(
              instance.account(),
              new SubscribeRequest(topic, Map.of()),
              message -> {
                events.add(new JsonObject(message.data()));
                return Future.succeededFuture();
              });
      return events;
    }

    private static Operation json(String key, String value) {
      return new Operation(
          "upsert", Item.of(key, value).metadata("contentType", "application/json"));
    }

    private static void noMarkerIsLeft(Sidecar sidecar, JsonObject event) {
      AppInstance instance = instance(sidecar);
      GetRequest marker = new GetRequest(event.getString("id"), "", Map.of());
      await()
          .until(
              () ->
                  Objects.requireNonNull(instance.components().state("s"))
                          .store()
                          .get(instance.callContext(null), marker)
                          .result()
                          .data()
                      == null);
    }

    @Test
    void anUpsertIsPublishedToItsTenantOnly() {
      Sidecar a = DAEMON.open(spec("a"));
      Sidecar b = DAEMON.open(spec("b"));
      List<JsonObject> ofA = events(a);
      List<JsonObject> ofB = events(b);

      Result done =
          connect(a).transact("s", List.of(json("k", "{\"n\":1.50}"), Operation.delete("gone")));

      assertThat(done.outcome()).isEqualTo(Outcome.OK);
      await().until(() -> ofA.size() == 1);
      JsonObject event = ofA.getFirst();
      assertThat(event.getJsonObject("data")).isEqualTo(new JsonObject("{\"n\":1.50}"));
      assertThat(event.getString("id")).startsWith("outbox-");
      assertThat(event.getString("source")).isEqualTo("a");
      assertThat(event.getString("topic")).isEqualTo("t");
      assertThat(event.getString("contentType")).isEqualTo("application/json");
      noMarkerIsLeft(a, event);
      assertThat(ofB).isEmpty();
    }

    @Test
    void aProjectionIsPublishedInsteadOfWhatIsStored() {
      Sidecar a = DAEMON.open(spec("a"));
      List<JsonObject> events = events(a);
      ApiClient client = connect(a);

      client.transact(
          "s",
          List.of(
              new Operation(
                  "upsert", Item.of("k", "\"seen\"").metadata("outbox.projection", "yes")),
              json("k", "{\"stored\":1}"),
              new Operation(
                  "upsert", Item.of("other", "\"lost\"").metadata("outbox.projection", "1"))));

      await().until(() -> events.size() == 1);
      assertThat(events.getFirst().getString("data")).contains("seen");
      assertThat(client.get("s", "k").data()).isEqualTo("{\"stored\":1}");
      assertThat(client.get("s", "other").data()).isNull();
    }

    @Test
    void aTransactionThatFailsPublishesNothingAndHoldsNothingUp() {
      Sidecar a = DAEMON.open(spec("a"));
      List<JsonObject> events = events(a);
      ApiClient client = connect(a);

      Operation stale = new Operation("upsert", Item.of("k", "\"w\"").etag("999"));
      assertThat(client.transact("s", List.of(stale)).outcome()).isEqualTo(Outcome.FAILED);
      client.transact("s", List.of(json("k", "2")));

      await().until(() -> !events.isEmpty());
      await().during(Duration.ofMillis(200)).until(() -> events.size() == 1);
      assertThat(events.getFirst().getInteger("data")).isEqualTo(2);
    }

    @Test
    void onRedisAFailedTransactionLeavesNoMarkerAndNoEvent() throws Exception {
      Sidecar a =
          DAEMON.open(
              SidecarSpec.app("a")
                  .component("p", "pubsub.in-memory")
                  .component(
                      "s",
                      "state.redis",
                      "redisHost",
                      REDIS.address(),
                      "outboxPublishPubsub",
                      "p",
                      "outboxPublishTopic",
                      "t"));
      List<JsonObject> events = events(a);
      ApiClient client = connect(a);

      client.transact("s", List.of(Operation.upsert("k", "\"first\"")));
      Operation stale = new Operation("upsert", Item.of("k", "\"w\"").etag("999"));
      assertThat(client.transact("s", List.of(stale)).outcome()).isEqualTo(Outcome.FAILED);
      client.transact("s", List.of(Operation.upsert("k", "\"last\"")));

      await().until(() -> events.size() >= 2);
      await().during(Duration.ofMillis(300)).until(() -> events.size() == 2);
      assertThat(new RedisKeys(REDIS.address()).values("outbox-*")).isEmpty();
    }

    @Test
    void withoutLeaveForTheInternalTopicNothingIsStored() {
      ApiClient client = connect(DAEMON.open(spec("a", "publishingScopes", "a=t")));

      Result refused = client.transact("s", List.of(json("k", "1")));

      assertThat(refused)
          .isEqualTo(
              new Result(
                  Outcome.FAILED,
                  "error while publishing outbox message: topic defaultatoutbox is not allowed for"
                      + " app id a"));
      assertThat(client.get("s", "k").data()).isNull();
    }

    @Test
    void anEventOfAnotherReplicaWaitsForItsMarker() {
      Sidecar a = DAEMON.open(spec("a"));
      List<JsonObject> events = events(a);
      AppInstance instance = instance(a);
      OpenPubSub broker = Objects.requireNonNull(instance.components().pubSub("p"));
      Buffer event = Buffer.buffer("{\"id\":\"outbox-x\",\"data\":1}");

      broker
          .component()
          .publish(
              instance.callContext(null),
              new PublishRequest(event, "defaultatoutbox", Map.of(), false));
      await().during(Duration.ofMillis(1_300)).until(events::isEmpty);
      write(instance, "outbox-x"); // by that replica's transaction

      await().atMost(Duration.ofSeconds(8)).until(() -> events.size() == 1);
      noMarkerIsLeft(a, events.getFirst());
    }

    @Test
    void twoTenantsOnOneServerRelayTheirOwn() throws Exception {
      String topic = "orders-" + transport;
      Sidecar a = DAEMON.open(onRedis("a", topic));
      Sidecar b = DAEMON.open(onRedis("b", topic));
      List<JsonObject> ofA = events(a, topic);
      List<JsonObject> ofB = events(b, topic);
      ApiClient clientA = connect(a);
      ApiClient clientB = connect(b);

      for (int i = 0; i < 5; i++) {
        List<Operation> operations =
            List.of(Operation.upsert("k", "\"of a\""), Operation.delete("x"));
        assertThat(clientA.transact("s", operations).outcome()).isEqualTo(Outcome.OK);
        assertThat(clientB.transact("s", List.of(Operation.upsert("k", "\"of b\""))).outcome())
            .isEqualTo(Outcome.OK);
      }

      await().until(() -> ofA.size() >= 10 && ofB.size() >= 10);
      await().during(Duration.ofMillis(300)).until(() -> ofA.size() == 10 && ofB.size() == 10);
      assertThat(ofA)
          .allSatisfy(
              event ->
                  assertThat(event.getString("data")).contains("of " + event.getString("source")))
          .extracting(event -> event.getString("id"))
          .doesNotHaveDuplicates();
      await().until(() -> new RedisKeys(REDIS.address()).values("outbox-*").isEmpty());
      assertThat(clientA.get("s", "k").data()).isEqualTo("\"of a\"");
    }

    /** Topic and state are in one server: each tenant sees all events, and its own state. */
    private static SidecarSpec onRedis(String app, String topic) {
      return SidecarSpec.app(app)
          .component("p", "pubsub.redis", "redisHost", REDIS.address())
          .component(
              "s",
              "state.redis",
              "redisHost",
              REDIS.address(),
              "outboxPublishPubsub",
              "p",
              "outboxPublishTopic",
              topic);
    }

    @Test
    void theInternalTopicMayBeOfAnotherBroker() {
      Sidecar a =
          DAEMON.open(
              SidecarSpec.app("a")
                  .component("p", "pubsub.in-memory", "publishingScopes", "a=t")
                  .component("q", "pubsub.in-memory")
                  .component(
                      "s",
                      "state.in-memory",
                      "outboxPublishPubsub",
                      "p",
                      "outboxPublishTopic",
                      "t",
                      "outboxPubsub",
                      "q"));
      List<JsonObject> events = events(a);

      connect(a).transact("s", List.of(Operation.upsert("k", "\"text\"")));

      await().until(() -> events.size() == 1);
      assertThat(events.getFirst().getString("pubsubname")).isEqualTo("p");
      assertThat(events.getFirst().getString("data")).contains("text");
      noMarkerIsLeft(a, events.getFirst());
    }

    @Test
    void withoutItsBrokerNothingIsStored() {
      Sidecar a = DAEMON.open(SidecarSpec.app("a").component("s", "state.in-memory", OUTBOX));
      Sidecar b = DAEMON.open(spec("b"));
      ApiClient client = connect(a);

      Result refused = client.transact("s", List.of(json("k", "1")));

      assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(refused.message()).startsWith("error while publishing outbox message: ");
      assertThat(client.get("s", "k").data()).isNull();
      assertThat(connect(b).transact("s", List.of(json("k", "1"))).outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void deletesAndPlainSavesPublishNothing() {
      Sidecar a = DAEMON.open(spec("a"));
      List<JsonObject> events = events(a);
      ApiClient client = connect(a);

      client.save("s", "k", "1");
      assertThat(client.transact("s", List.of(Operation.delete("k"))).outcome())
          .isEqualTo(Outcome.OK);
      client.transact("s", List.of(json("last", "2")));

      await().until(() -> !events.isEmpty());
      assertThat(events).hasSize(1);
      assertThat(events.getFirst().getInteger("data")).isEqualTo(2);
    }

    private static void write(AppInstance instance, String key) {
      Objects.requireNonNull(instance.components().state("s"))
          .store()
          .set(
              instance.callContext(null),
              new SetRequest(
                  key,
                  new StateData.Json(Buffer.buffer("\"0\"")),
                  null,
                  Map.of(),
                  StateOptions.NONE));
    }
  }
}
