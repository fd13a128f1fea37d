package io.jitney.components.pubsub.jetstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {
  private static String of(String json, String subject) {
    return EventId.of(Buffer.buffer(json), subject);
  }

  @Test
  void theEventsOwn() {
    assertThat(of("{\"id\":\"a\",\"topic\":\"t\"}", "t")).isEqualTo("a");
    assertThat(of("{\"data\":{\"id\":\"x\"},\"id\":\"a\"}", "t")).isEqualTo("a");
    assertThat(of("{\"topic\":\"t\",\"id\":\"a\"}", "namespacet")).isEqualTo("a");
  }

  @Test
  void anotherOneInTheDeadLetters() {
    assertThat(of("{\"id\":\"a\",\"topic\":\"t\"}", "dead")).isEqualTo("a@dead");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[1]", "{\"id\":1}", "{\"id\":\"a\"", "{not json", "{}"})
  void none(String data) {
    assertThat(of(data, "t")).isEmpty();
  }
}
