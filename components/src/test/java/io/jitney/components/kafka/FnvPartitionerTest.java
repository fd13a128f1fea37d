package io.jitney.components.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FnvPartitionerTest {
  @ParameterizedTest
  @CsvSource({
    "a, 0, 0, 6, 0",
    "order-1, 1, 1, 9, 1",
    "key1, 2, 5, 3, 11",
    "user-42, 0, 3, 9, 3",
    "'', 0, 3, 5, 3"
  })
  void keysGoWhereDaprdsClientPutsThem(String key, int of3, int of6, int of10, int of12) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);

    assertThat(FnvPartitioner.of(bytes, 3)).isEqualTo(of3);
    assertThat(FnvPartitioner.of(bytes, 6)).isEqualTo(of6);
    assertThat(FnvPartitioner.of(bytes, 10)).isEqualTo(of10);
    assertThat(FnvPartitioner.of(bytes, 12)).isEqualTo(of12);
  }
}
