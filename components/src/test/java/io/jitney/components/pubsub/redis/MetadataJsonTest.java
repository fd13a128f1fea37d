package io.jitney.components.pubsub.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataJsonTest {
  @Test
  void namesAreSortedAndHtmlIsEscapedAsGoDoes() {
    assertThat(MetadataJson.write(Map.of("k", "v", "A", "b")))
        .isEqualTo("{\"A\":\"b\",\"k\":\"v\"}");
    assertThat(MetadataJson.write(Map.of())).isEqualTo("{}");
    assertThat(MetadataJson.write(Map.of("a", "<&>\"\\\n\t\u0001é\u2028")))
        .isEqualTo("{\"a\":\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\t\\u0001é\\u2028\"}");
  }

  @Test
  void readsBackWhatItWrote() {
    Map<String, String> metadata = Map.of("a", "<&>\"\\\n\t\u0001é", "b", "");
    byte[] json = MetadataJson.write(metadata).getBytes(StandardCharsets.UTF_8);

    assertThat(MetadataJson.read(json)).isEqualTo(metadata);
  }

  @Test
  void whatIsNoObjectOfTextsIsNoMetadata() {
    for (String json : new String[] {"", "{}", "[]", "null", "{\"a\":1}", "{\"a\":", "text"}) {
      assertThat(MetadataJson.read(json.getBytes(StandardCharsets.UTF_8))).as(json).isEmpty();
    }
    assertThat(MetadataJson.read(null)).isEmpty();
  }
}
