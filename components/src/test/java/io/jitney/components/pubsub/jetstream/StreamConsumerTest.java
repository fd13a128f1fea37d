package io.jitney.components.pubsub.jetstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamConsumerTest {
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 10", "4, 20", "10, 1280", "12, 5000", "100000, 5000"})
  void whatFailsAgainAndAgainComesLater(long deliveries, long millis) {
    assertThat(StreamConsumer.pauseMillis(deliveries)).isEqualTo(millis);
  }
}
