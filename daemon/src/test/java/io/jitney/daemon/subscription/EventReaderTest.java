package io.jitney.daemon.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.pubsub.Message;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
  private static Message message(String data, Map<String, String> metadata) {
    return new Message(Buffer.buffer(data), "t", metadata);
  }

  private static Event read(String data, Map<String, String> metadata) throws NotAnEvent {
    return EventReader.read(message(data, metadata), "ps", "t", false, true);
  }

  @Test
  void theBodyIsWhatTheBrokerHas() throws Exception {
    String json = "{ \"id\":\"1\", \"data\":1.50, \"x\":\"<é>\"}";

    Event event = read(json, Map.of("k", "v"));

    assertThat(event.body().toString()).isEqualTo(json);
    assertThat(event.attributes()).containsEntry("id", "1").containsEntry("data", 1.5);
    assertThat(event.metadata()).isEqualTo(Map.of("k", "v", "pubsubName", "ps"));
  }

  @Test
  void onlyWhatIsNeededIsKept() throws Exception {
    String json =
        "{\"id\":\"1\",\"data\":{\"traceid\":\"no\"},\"traceid\":\"yes\",\"expiration\":\"x\"}";

    Event event = EventReader.read(message(json, Map.of()), "ps", "t", false, false);

    assertThat(event.attributes()).isEqualTo(Map.of("traceid", "yes", "expiration", "x"));
  }

  @Test
  void valuesOfEveryKind() throws Exception {
    Event event = read("{\"a\":[1,\"x\",null,true,{\"b\":-2e3}]}", Map.of());

    assertThat(event.attributes().get("a").toString())
        .isEqualTo("[1.0, x, null, true, {b=-2000.0}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not json", "[1]", "\"text\"", "", "{\"a\":1} x", "{\"a\":"})
  void anythingElseIsNoEvent(String data) {
    assertThatThrownBy(() -> read(data, Map.of())).isInstanceOf(NotAnEvent.class);
  }

  @Test
  void nullIsAnEventWithoutAttributes() throws Exception {
    Event event = read("null", Map.of());

    assertThat(event.attributes()).isEmpty();
    assertThat(event.body().toString()).isEqualTo("null");
  }

  @Test
  void rawMessagesAreWrapped() throws Exception {
    Event event =
        EventReader.read(
            message("raw", Map.of("traceparent", "tp", "tracestate", "ts")),
            "ps",
            "t",
            true,
            false);

    JsonObject body = new JsonObject(event.body());
    assertThat(body.getString("id")).hasSize(36);
    body.remove("id");
    assertThat(body.getMap())
        .isEqualTo(
            Map.of(
                "specversion", "1.0",
                "datacontenttype", "application/octet-stream",
                "source", "Dapr",
                "type", "com.dapr.event.sent",
                "topic", "t",
                "pubsubname", "ps",
                "data_base64", "cmF3",
                "traceid", "tp",
                "traceparent", "tp",
                "tracestate", "ts"));
  }

  @Test
  void binaryModeTakesAttributesFromMetadata() throws Exception {
    Event event =
        read(
            "raw bytes",
            Map.of("content-type", "application/octet-stream", "ce_id", "i", "CE_Type", "ty"));

    assertThat(event.body().toString()).isEqualTo("raw bytes");
    assertThat(event.text("id")).isEqualTo("i");
    assertThat(event.text("type")).isEqualTo("ty");
  }

  @Test
  void expired() throws Exception {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    for (String past : List.of("2025-12-31T23:59:59Z", "2026-01-01T00:59:59+01:00")) {
      assertThat(read("{\"expiration\":\"" + past + "\"}", Map.of()).expired(now)).isTrue();
    }
    for (String later : List.of("2026-01-01T00:00:01Z", "", "soon")) {
      assertThat(read("{\"expiration\":\"" + later + "\"}", Map.of()).expired(now)).isFalse();
    }
  }
}
