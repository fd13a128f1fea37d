package io.jitney.daemon.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.components.pubsub.BulkPublishFailure;
import io.jitney.components.spi.ComponentException;
import io.jitney.daemon.resiliency.Resiliency;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PublishCodesTest {
  private static final Map<String, String> ONE = Map.of("1", "no");

  @Test
  void whatMayPassIsUnavailable() {
    Throwable failure = new ComponentException.Failed("connection refused");

    assertThat(PublishCodes.GRPC.of(failure)).isEqualTo(14);
    assertThat(PublishCodes.HTTP.of(failure)).isEqualTo(503);
    assertThat(PublishCodes.HTTP.of(new BulkPublishFailure("no", ONE))).isEqualTo(503);
    assertThat(PublishCodes.GRPC.of(new PublishFailure.Partial(failure, ONE))).isEqualTo(14);
  }

  @Test
  void whatWouldComeAgainIsAFailedPrecondition() {
    Throwable failure = ComponentException.Failed.terminal("component is closed");

    assertThat(PublishCodes.GRPC.of(failure)).isEqualTo(9);
    assertThat(PublishCodes.HTTP.of(failure)).isEqualTo(400);
    assertThat(PublishCodes.GRPC.of(new BulkPublishFailure("no", ONE, true))).isEqualTo(9);
    assertThat(PublishCodes.HTTP.of(new PublishFailure.Partial(failure, ONE))).isEqualTo(400);
  }

  @Test
  void aTimeOutHasNoCodeAndARefusalIsFinal() {
    assertThat(PublishCodes.HTTP.of(new TimeoutException())).isEqualTo(Resiliency.NO_CODE);
    assertThat(PublishCodes.HTTP.of(new ComponentException.Overloaded("busy")))
        .isEqualTo(Resiliency.NEVER);
  }
}
