package io.jitney.components.state.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.state.StateData;
import io.jitney.components.state.StateItem;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {
  private static StateItem parse(String document) {
    return JsonDocument.parse(document.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.5", "\"é\"", "true", "null", "{\"z\":1,\"a\":[1,{}]}", "[]"})
  void valuesComeBackAsTheyWere(String json) {
    assertThat(JsonDocument.of(new StateData.Json(Buffer.buffer(json))).toString())
        .isEqualTo("{\"data\":" + json + "}");
    StateItem expected = new StateItem(Buffer.buffer(json), "3", Map.of());
    assertThat(parse("{\"data\":" + json + ",\"version\":3}")).isEqualTo(expected);
    assertThat(parse("{\"version\":3,\"first-write\":0,\"data\": " + json + " }"))
        .isEqualTo(expected);
  }

  @Test
  void bytesBecomeBase64() {
    Buffer bytes = Buffer.buffer(new byte[] {0, (byte) 255});
    assertThat(JsonDocument.of(new StateData.Bytes(bytes)).toString())
        .isEqualTo("{\"data\":\"AP8=\"}");
  }

  @Test
  void absentAndForeignDocuments() {
    assertThat(JsonDocument.parse(null)).isEqualTo(StateItem.absent());
    assertThat(parse("{\"data\":1}")).isEqualTo(new StateItem(Buffer.buffer("1"), null, Map.of()));
    assertThat(parse("{}")).isEqualTo(new StateItem(Buffer.buffer("null"), null, Map.of()));
    assertThatThrownBy(() -> parse("[1]")).isInstanceOf(ComponentException.Failed.class);
    assertThatThrownBy(() -> parse("{\"data\":")).isInstanceOf(ComponentException.Failed.class);
  }
}
