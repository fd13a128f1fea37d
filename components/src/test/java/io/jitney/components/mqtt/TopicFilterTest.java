package io.jitney.components.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFilterTest {
  @ParameterizedTest
  @CsvSource({
    "a/b, a/b, true",
    "a/b, a/c, false",
    "a/+, a/b, true",
    "a/+, a/b/c, false",
    "a/+/c, a/b/c, true",
    "a/#, a, true",
    "a/#, a/b/c, true",
    "a/#, ab, false",
    "'#', a/b, true",
    "+/b, a/b, true",
    "$share/g/a/+, a/b, true",
    "$share/g/a/+, b/b, false",
    "a.b/+, axb/c, false"
  })
  void matchesAsBrokersDo(String filter, String topic, boolean matches) {
    assertThat(new TopicFilter(filter).matches(topic)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({"a/b, a/b, true", "a/+, a/b, false", "$share/g/a/b, a/b, true"})
  void exactTopicsComeFirst(String filter, String topic, boolean exact) {
    assertThat(new TopicFilter(filter).isExactly(topic)).isEqualTo(exact);
  }
}
