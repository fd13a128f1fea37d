package io.jitney.daemon.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTimeoutTest {
  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({
    "1S, 1000000000, 1000000000",
    "100m, 100000000, 100000000",
    "7u, 7000, 7000",
    "7n, 7, 7",
    "5M, 60000000000, 300000000000",
    "99999999H, 60000000000, 1152921504606846976",
    "soon, 60000000000, 1152921504606846976",
    "S, 60000000000, 1152921504606846976",
    "123456789S, 60000000000, 1152921504606846976"
  })
  void readsWhatClientsSay(String header, long waits, long given) {
    assertThat(GrpcTimeout.deadline(header, SECOND) - SECOND).isEqualTo(waits);
    assertThat(GrpcTimeout.given(header, SECOND) - SECOND).isEqualTo(given);
  }
}
