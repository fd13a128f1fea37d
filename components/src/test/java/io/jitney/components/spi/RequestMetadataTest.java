package io.jitney.components.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestMetadataTest {
  @ParameterizedTest
  @CsvSource({
    "ttlInSeconds, 3, PT3S",
    "TTLInSeconds, 3, PT3S",
    "ttl, 1500ms, PT1.5S",
    "TTL, 1m, PT1M",
    "ttlInSeconds, 2s, PT2S",
    "ttl, 0, PT0S",
    "ttl, -5s, PT0S"
  })
  void timesToLive(String name, String text, Duration ttl) {
    assertThat(RequestMetadata.timeToLive(Map.of(name, text))).isEqualTo(ttl);
  }

  @ParameterizedTest
  @CsvSource({"x, be a valid integer", "-5, be higher than zero", "1.5, be a valid integer"})
  void noTimesToLive(String text, String problem) {
    assertThatThrownBy(() -> RequestMetadata.timeToLive(Map.of("ttlInSeconds", text)))
        .hasMessage("ttl value must " + problem + ": actual is '" + text + "'");
  }

  @Test
  void withoutOneThereIsNone() {
    assertThat(RequestMetadata.timeToLive(Map.of())).isNull();
    assertThat(RequestMetadata.timeToLive(Map.of("ttl", ""))).isNull();
    assertThat(RequestMetadata.timeToLive(Map.of("ttl", "1s", "ttlInSeconds", "2"))).hasSeconds(1);
  }
}
