package io.jitney.daemon.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.pubsub.PubSub;
import io.jitney.components.pubsub.PubSubFeature;
import io.jitney.components.pubsub.PublishRequest;
import io.jitney.components.pubsub.SubscribeRequest;
import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Flow;
import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.instance.AppInstance;
import io.jitney.daemon.instance.ComponentSet;
import io.jitney.daemon.telemetry.InstanceMetrics;
import io.jitney.daemon.telemetry.Trace;
import io.jitney.daemon.testing.TestInstances;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishApiTest {
  private static final String UUID =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)";

  private final PublishApi api = new PublishApi();
  private final AppInstance instance = new TestInstances().open("a", InstanceMetrics.NONE);
  private final Broker broker = new Broker();
  private Map<String, String> metadata = Map.of();
  private @Nullable Trace trace;

  /** Keeps what it gets; answers at once unless it is told to wait, or to refuse. */
  private static final class Broker implements PubSub {
    private final List<PublishRequest> got = new ArrayList<>();
    private final List<Promise<Void>> waiting = new ArrayList<>();
    private final Map<String, String> refused = new HashMap<>();
    private Set<PubSubFeature> features = Set.of();
    private boolean wait;

    @Override
    public Set<PubSubFeature> features() {
      return features;
    }

    @Override
    public Future<Void> publish(CallContext context, PublishRequest request) {
      got.add(request);
      String why = refused.get(request.data().toString());
      if (why != null) {
        return Future.failedFuture(new ComponentException.Failed(why));
      }
      if (!wait) {
        return Future.succeededFuture();
      }
      Promise<Void> answer = Promise.promise();
      waiting.add(answer);
      return answer.future();
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

  private void open(String prefix, String... scopes) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < scopes.length; i += 2) {
      given.put(scopes[i], scopes[i + 1]);
    }
    instance
        .components()
        .add(
            new ComponentSet.Loaded("p", "pubsub.test", "v1", List.of()),
            new OpenPubSub("p", broker, TopicScopes.of(given, "a"), prefix));
  }

  private PublishCall call(String topic) {
    return api.begin(
        instance, "p", topic, metadata, PublishCodes.HTTP, instance.callContext(null), trace);
  }

  private Future<Void> publish(String topic, String type, Buffer data) {
    return api.publish(call(topic), new Event(data, type, metadata, !metadata.isEmpty()), false);
  }

  /** What the broker gets of an event, ids and times replaced. */
  private String published(String type, Buffer data) {
    broker.got.clear();
    assertThat(publish("t", type, data).succeeded()).isTrue();
    return masked(broker.got.getFirst().data());
  }

  private String published(String type, String data) {
    return published(type, Buffer.buffer(data));
  }

  private static String masked(Buffer data) {
    return data.toString().replaceAll(UUID, "<uuid>").replaceAll(TIME, "<time>");
  }

  private static String event(String data, String type) {
    return "{"
        + data
        + ",\"datacontenttype\":\""
        + type
        + "\",\"id\":\"<uuid>\",\"pubsubname\":\"p\",\"source\":\"a\",\"specversion\":\"1.0\","
        + "\"time\":\"<time>\",\"topic\":\"t\",\"traceid\":\"\",\"traceparent\":\"\","
        + "\"tracestate\":\"\",\"type\":\"com.dapr.event.sent\"}";
  }

  @Test
  void dataAreJsonTextOrBase64ByTheirContentType() {
    open("");

    assertThat(published("application/json", "{\"f\":1.10,\"a\":\"<é\"}"))
        .isEqualTo(event("\"data\":{\"a\":\"\\u003cé\",\"f\":1.10}", "application/json"));
    assertThat(published("APPLICATION/JSON; charset=utf-8", "[1] x"))
        .isEqualTo(event("\"data\":[1]", "APPLICATION/JSON; charset=utf-8"));
    assertThat(published("application/json", "{broken"))
        .isEqualTo(event("\"data\":\"{broken\"", "application/json"));
    assertThat(published("application/json", ""))
        .isEqualTo(event("\"data\":\"\"", "application/json"));
    assertThat(published("", "{}")).isEqualTo(event("\"data\":\"{}\"", "text/plain"));
    assertThat(published("application/vnd.x+json", "{}"))
        .isEqualTo(event("\"data\":\"{}\"", "application/vnd.x+json"));
    assertThat(published("application/octet-stream;x=y", "{}"))
        .isEqualTo(event("\"data_base64\":\"e30=\"", "application/octet-stream;x=y"));
  }

  @Test
  void protobufIsBinaryWhenItIsACloudEvent() {
    open("");
    Buffer event = Buffer.buffer(new byte[] {0x0a, 1, 'i', 0x3a, 1, 't'});

    assertThat(published("application/x-protobuf", event))
        .isEqualTo(event("\"data_base64\":\"CgFpOgF0\"", "application/x-protobuf"));
    assertThat(published("application/x-protobuf", "\n\7x"))
        .isEqualTo(event("\"data\":\"\\n\\u0007x\"", "application/x-protobuf"));
    assertThat(published("application/cloudevents+protobuf", "x"))
        .isEqualTo(event("\"data_base64\":\"eA==\"", "application/cloudevents+protobuf"));
  }

  @Test
  void metadataReplaceAttributesAndTravelOn() {
    open("");
    metadata =
        new TreeMap<>(
            Map.of(
                "CLOUDEVENT.id", "i",
                "cloudevent.source", "",
                "cloudevent.type", "",
                "cloudevent.subject", "s",
                "cloudevent.traceid", "T",
                "cloudevent.traceparent", "P",
                "cloudevent.topic", "other"));

    assertThat(published("text/plain", "x"))
        .isEqualTo(
            "{\"data\":\"x\",\"datacontenttype\":\"text/plain\",\"id\":\"i\",\"pubsubname\":\"p\","
                + "\"source\":\"Dapr\",\"specversion\":\"1.0\",\"subject\":\"s\",\"time\":\"<time>\","
                + "\"topic\":\"t\",\"traceid\":\"P\",\"traceparent\":\"P\",\"tracestate\":\"\","
                + "\"type\":\"com.dapr.event.sent\"}");
    assertThat(broker.got.getFirst().metadata()).isEqualTo(metadata);
  }

  @ParameterizedTest
  @CsvSource({
    "ttlInSeconds, 60, true",
    "TTLINSECONDS, 60, true",
    "ttl, 90s, true",
    "ttl, 0, true",
    "ttl, -5s, true",
    "ttlInSeconds, -5, false",
    "ttlInSeconds, soon, false",
    "ttlInSeconds, '', false",
    "ttlInSeconds, 9223372036854775807, true",
    "other, 60, false"
  })
  void timeToLiveBecomesAnExpirationUnlessTheBrokerSeesToIt(
      String name, String value, boolean expires) {
    open("");
    metadata = Map.of(name, value);

    assertThat(published("text/plain", "x").contains(",\"expiration\":\"<time>\",\"id\""))
        .isEqualTo(expires);
    assertThat(published("application/cloudevents+json", "{}").contains("expiration"))
        .isEqualTo(expires);
    broker.features = Set.of(PubSubFeature.MESSAGE_TTL);
    assertThat(published("text/plain", "x")).doesNotContain("expiration");
  }

  @Test
  void anOwnCloudEventIsCompleted() {
    open("");
    trace = new Trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "k=v");
    metadata = Map.of("cloudevent.id", "over");

    assertThat(
            published(
                "application/cloudevents+json; charset=utf-8",
                "{\"topic\":\"wrong\",\"time\":\"yesterday\",\"data\":{\"b\":1.50,\"a\":1},"
                    + "\"traceparent\":\"P\",\"id\":8} x"))
        .isEqualTo(
            "{\"data\":{\"a\":1,\"b\":1.50},\"id\":8,\"pubsubname\":\"p\",\"source\":\"Dapr\","
                + "\"specversion\":\"1.0\",\"time\":\"yesterday\",\"topic\":\"t\",\"traceid\":\""
                + trace.traceparent()
                + "\",\"traceparent\":\""
                + trace.traceparent()
                + "\",\"tracestate\":\"k=v\",\"type\":\"com.dapr.event.sent\"}");
    assertThat(published("Application/CloudEvents+JSON", "{\"traceid\":7,\"tracestate\":[1]}"))
        .contains("\"traceid\":7,\"tracestate\":[1],")
        .doesNotContain("traceparent");
  }

  @Test
  void rawDataGoOutAsTheyAreAndOverGrpcTheTraceGoesBeside() {
    open("");
    metadata = Map.of("rawPayload", "T", "ttl", "5s");
    trace = new Trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "");

    assertThat(published("application/cloudevents+json", "no json")).isEqualTo("no json");
    assertThat(broker.got.getFirst().metadata()).isEqualTo(metadata);

    broker.got.clear();
    api.publish(call("t"), new Event(Buffer.buffer("x"), "", metadata, true), true);
    assertThat(broker.got.getFirst().metadata())
        .containsEntry("traceid", trace.traceparent())
        .containsEntry("tracestate", "");
  }

  @Test
  void scopesLookAtTheAppsTopicTheBrokerGetsThePrefix() {
    open("ns", "publishingScopes", "a=t");

    assertThat(publish("t", "", Buffer.buffer("x")).succeeded()).isTrue();
    assertThat(broker.got.getFirst().topic()).isEqualTo("nst");
    assertThat(broker.got.getFirst().data().toString()).contains("\"topic\":\"t\"");
    assertThat(publish("nst", "", Buffer.buffer("x")).cause())
        .isInstanceOfSatisfying(
            DaprException.class,
            denied ->
                assertThat(denied.error().message())
                    .isEqualTo("topic nst is not allowed for app id a"));
    assertThat(broker.got).hasSize(1);
  }

  private static Event.Entry entry(String id, String data) {
    return new Event.Entry(id, new Event(Buffer.buffer(data), "text/plain", Map.of(), false));
  }

  @Test
  void aBulkIsPublishedAHundredAtOnceAndSaysWhichEntriesFailed() {
    open("");
    broker.wait = true;
    metadata = Map.of("rawPayload", "true");
    broker.refused.put("d3", "no");
    broker.refused.put("d7", "never");
    List<Event.Entry> entries =
        IntStream.range(0, 250).mapToObj(i -> entry("e" + i, "d" + i)).toList();

    Future<Void> published = api.publishBulk(call("t"), entries, metadata);

    assertThat(broker.waiting).hasSize(ParallelPublish.AT_ONCE);
    broker.waiting.getFirst().complete();
    assertThat(broker.waiting).hasSize(ParallelPublish.AT_ONCE + 1);
    for (int i = 1; i < broker.waiting.size(); i++) {
      broker.waiting.get(i).complete();
    }
    assertThat(broker.got).hasSize(250);
    assertThat(published.cause())
        .isInstanceOfSatisfying(
            PublishFailure.Partial.class,
            partial -> {
              assertThat(partial.failed()).isEqualTo(Map.of("e3", "no", "e7", "never"));
              assertThat(partial).hasMessage("no");
            });
  }

  @Test
  void metadataOfABulkReachOnlyEntriesThatHaveSome() {
    open("");
    Map<String, String> request = Map.of("cloudevent.type", "R", "k", "request");
    Event with = new Event(Buffer.buffer("y"), "text/plain", Map.of("k", "entry"), true);

    api.publishBulk(call("t"), List.of(entry("1", "x"), new Event.Entry("2", with)), request);

    assertThat(broker.got.get(0).hasMetadata()).isFalse();
    assertThat(broker.got.get(0).data().toString()).contains("com.dapr.event.sent");
    assertThat(broker.got.get(1).metadata())
        .isEqualTo(Map.of("cloudevent.type", "R", "k", "entry"));
    assertThat(broker.got.get(1).data().toString()).endsWith("\"type\":\"R\"}");
  }

  @Test
  void theRuntimePublishesByTheSameWay() {
    open("ns", "allowedTopics", "t,dead");
    CallContext context = instance.callContext(null);
    PublishRequest request = new PublishRequest(Buffer.buffer("x"), "dead", Map.of(), true);

    assertThat(api.publish(instance, context, "p", request).succeeded()).isTrue();
    assertThat(broker.got.getFirst().topic()).isEqualTo("nsdead");
    assertThat(api.publish(instance, context, "q", request).cause())
        .isInstanceOf(PublishFailure.NotFound.class)
        .hasMessage("pubsub 'q' not found");
    broker.refused.put("x", "broken");
    assertThat(api.publish(instance, context, "p", request).cause())
        .isInstanceOf(PublishFailure.Failed.class)
        .hasMessage("broken");
  }
}
