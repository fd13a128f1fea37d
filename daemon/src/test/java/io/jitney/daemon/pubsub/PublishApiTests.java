package io.jitney.daemon.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jitney.components.pubsub.Message;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.pubsub.PublishClient.Entry;
import io.jitney.daemon.pubsub.PublishClient.Outcome;
import io.jitney.daemon.pubsub.PublishClient.Result;
import io.jitney.daemon.testing.DaemonExtension;
import io.jitney.daemon.testing.InProcessDaemon.OpenSidecar;
import io.jitney.daemon.testing.Sidecar;
import io.jitney.daemon.testing.SidecarSpec;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What the publish API does; a subclass says over which transport. Two tenants have components of
 * the same names, and each listens at its own.
 */
abstract class PublishApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.inProcess();

  private final List<PublishClient> clients = new ArrayList<>();
  private final List<Message> ofA = new CopyOnWriteArrayList<>();
  private final List<Message> ofB = new CopyOnWriteArrayList<>();
  private PublishClient a;
  private PublishClient b;

  abstract PublishClient connect(Sidecar sidecar);

  @BeforeEach
  void openTwoTenants() {
    a = open(spec("a"), ofA);
    b = open(spec("b"), ofB);
  }

  @AfterEach
  void disconnect() {
    clients.forEach(PublishClient::close);
  }

  private static SidecarSpec spec(String app) {
    return SidecarSpec.app(app)
        .component("p", "pubsub.in-memory", "publishingScopes", "a=t,t/1;b=t,ofb")
        .component("q", "pubsub.in-memory")
        .maxBodySize(64 << 10);
  }

  private PublishClient open(SidecarSpec spec, List<Message> got) {
    Sidecar sidecar = DAEMON.open(spec);
    AppInstance instance = ((OpenSidecar) sidecar).opened().instance();
    for (OpenPubSub pubSub : instance.components().pubSubs()) {
      pubSub
          .component()
          .subscribe(
              instance.account(),
              new SubscribeRequest("*", Map.of()),
              message -> {
                got.add(message);
                return Future.succeededFuture();
              });
    }
    PublishClient client = connect(sidecar);
    clients.add(client);
    return client;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Result publish(PublishClient client, String pubSub, String topic, String text) {
    return client.publish(pubSub, topic, bytes(text), "text/plain", Map.of());
  }

  private static List<JsonObject> events(List<Message> got, int count) {
    await().until(() -> got.size() >= count);
    return got.stream().map(message -> new JsonObject(message.data())).toList();
  }

  @Test
  void eachTenantsEventsStayItsOwn() {
    assertThat(publish(a, "p", "t", "from a")).isEqualTo(Result.OK);
    assertThat(publish(b, "p", "t", "from b")).isEqualTo(Result.OK);
    assertThat(publish(a, "q", "t", "by q")).isEqualTo(Result.OK);

    assertThat(events(ofA, 2))
        .extracting(event -> event.getString("data"), event -> event.getString("source"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("from a", "a"),
            org.assertj.core.groups.Tuple.tuple("by q", "a"));
    assertThat(events(ofB, 1))
        .extracting(event -> event.getString("data"))
        .containsExactly("from b");
  }

  @Test
  void scopesHoldForTheTenantThatHasThem() {
    Result denied =
        new Result(
            Outcome.DENIED, "topic ofb is not allowed for app id a", "DAPR_PUBSUB_FORBIDDEN");

    assertThat(publish(a, "p", "ofb", "x")).isEqualTo(denied);
    assertThat(a.bulk("p", "ofb", List.of(new Entry("1", "x", "text/plain", null)), Map.of()))
        .isEqualTo(denied);
    assertThat(publish(b, "p", "ofb", "x")).isEqualTo(Result.OK);
    assertThat(publish(a, "q", "ofb", "x")).isEqualTo(Result.OK);
    assertThat(publish(a, "p", "t/1", "x")).isEqualTo(Result.OK);
    assertThat(events(ofA, 2)).hasSize(2);
  }

  @Test
  void envelopesHoldWhatWasPublished() {
    a.publish(
        "q",
        "t",
        bytes("{\"b\":1.50,\"a\":\"<\"}"),
        "application/json",
        Map.of("cloudevent.id", "mine", "k", "v"));
    a.publish("q", "t", new byte[] {0, (byte) 0xff}, "application/octet-stream", Map.of());
    a.publish("q", "t", bytes("raw"), "", Map.of("rawPayload", "true"));

    await().until(() -> ofA.size() == 3);
    assertThat(ofA.get(0).data().toString())
        .startsWith(
            "{\"data\":{\"a\":\"\\u003c\",\"b\":1.50},\"datacontenttype\":\"application/json\","
                + "\"id\":\"mine\",\"pubsubname\":\"q\",\"source\":\"a\"");
    assertThat(ofA.get(0).metadata()).containsEntry("k", "v");
    assertThat(ofA.get(1).data().toString()).startsWith("{\"data_base64\":\"AP8=\"");
    assertThat(ofA.get(2).data().toString()).isEqualTo("raw");
  }

  @Test
  void whatIsWrongIsSaidInDaprsWords() {
    assertThat(publish(a, "nosuch", "t", "x"))
        .isEqualTo(
            new Result(Outcome.NOT_FOUND, "pubsub nosuch is not found", "DAPR_PUBSUB_NOT_FOUND"));
    assertThat(a.publish("p", "t", bytes("x"), "", Map.of("rawPayload", "yes")))
        .isEqualTo(
            new Result(
                Outcome.INVALID,
                "failed deserializing metadata. Error: rawPayload value must be a valid boolean:"
                    + " actual is 'yes'",
                "DAPR_PUBSUB_METADATA_DESERIALIZATION"));
    assertThat(a.publish("p", "t", bytes("[]"), "application/cloudevents+json", Map.of()))
        .isEqualTo(
            new Result(
                Outcome.INVALID, "cannot create cloudevent", "DAPR_PUBSUB_CLOUD_EVENT_CREATION"));
    Entry entry = new Entry("1", "x", "text/plain", null);
    assertThat(a.bulk("p", "t", List.of(entry, entry), Map.of()))
        .isEqualTo(
            new Result(
                Outcome.INVALID,
                "error marshaling events to bytes for topic t pubsub p. error: entryId is"
                    + " duplicated or not present for entry",
                "DAPR_PUBSUB_MARSHAL_EVENTS"));
    assertThat(a.bulk("nosuch", "t", List.of(), Map.of()).outcome()).isEqualTo(Outcome.NOT_FOUND);
    assertThat(ofA).isEmpty();
  }

  @Test
  void aBulkIsManyEvents() {
    List<Entry> entries =
        IntStream.range(0, 250)
            .mapToObj(i -> new Entry("e" + i, "text " + i, "text/plain", null))
            .toList();
    Entry with = new Entry("w", "with", "text/plain", Map.of("k", "v"));

    assertThat(a.bulk("p", "t", entries, Map.of())).isEqualTo(Result.OK);
    assertThat(b.bulk("p", "t", List.of(with), Map.of("r", "1"))).isEqualTo(Result.OK);
    assertThat(a.bulk("p", "t", List.of(), Map.of())).isEqualTo(Result.OK);

    assertThat(events(ofA, 250))
        .extracting(event -> event.getString("data"))
        .containsExactlyInAnyOrderElementsOf(entries.stream().map(Entry::data).toList());
    assertThat(events(ofA, 250)).extracting(event -> event.getString("id")).doesNotHaveDuplicates();
    events(ofB, 1);
    assertThat(ofB.getFirst().metadata()).isEqualTo(Map.of("k", "v", "r", "1"));
  }

  @Test
  void largeEventsAreWhole() {
    String large = "é<".repeat(10_000);

    assertThat(publish(a, "q", "t", large)).isEqualTo(Result.OK);

    assertThat(events(ofA, 1).getFirst().getString("data")).isEqualTo(large);
  }

  @Test
  void listsOfAllowedApisHold() {
    List<Message> none = new CopyOnWriteArrayList<>();
    PublishClient denied =
        open(
            spec("c")
                .configuration(
                    "spec: {api: {denied: [{name: publish, version: v1.0, protocol: http},"
                        + " {name: publish, version: v1, protocol: grpc}]}}"),
            none);

    assertThat(publish(denied, "q", "t", "x").outcome()).isEqualTo(Outcome.ABSENT);
    assertThat(publish(a, "q", "t", "x")).isEqualTo(Result.OK);
    assertThat(none).isEmpty();
  }

  @Test
  void publishingIsCounted() {
    Sidecar sidecar = DAEMON.open(spec("m"));
    PublishClient client = connect(sidecar);
    clients.add(client);
    AppInstance instance = ((OpenSidecar) sidecar).opened().instance();

    publish(client, "p", "nosuch", "x");
    publish(client, "q", "t", "x");
    client.bulk("q", "t", List.of(new Entry("1", "x", "text/plain", null)), Map.of());

    assertThat(Objects.requireNonNull(instance.metrics().scrape()).lines())
        .contains(
            "dapr_component_pubsub_egress_count{app_id=\"m\",component=\"q\",namespace=\"\","
                + "success=\"true\",topic=\"t\"} 1",
            "dapr_component_pubsub_egress_bulk_count{app_id=\"m\",component=\"q\",namespace=\"\","
                + "success=\"true\",topic=\"t\"} 1")
        .anyMatch(line -> line.startsWith("dapr_component_pubsub_egress_latencies_bucket{"));
  }
}
