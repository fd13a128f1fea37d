package io.jitney.daemon.resiliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.daemon.resources.ResiliencyResource.Retry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static Retry text(String policy, String duration, String max, String http, String grpc) {
    return new Retry(policy, duration, "", max, http, grpc);
  }

  @Test
  void constantWaitsAndLimits() {
    RetryPolicy policy = PolicyReader.retry(text("constant", "250", "2", "", ""));
    assertThat(policy.waitMillis(1, 0, 0.9)).isEqualTo(250);
    assertThat(policy.waitMillis(2, 3_600_000, 0)).isEqualTo(250);
    assertThat(policy.waitMillis(3, 0, 0)).isEqualTo(-1);
  }

  @Test
  void exponentialIgnoresDurationGrowsToItsMaximumAndGivesUp() {
    RetryPolicy policy = PolicyReader.retry(new Retry("Exponential", "1h", "2s", "", "", ""));
    assertThat(policy.waitMillis(1, 0, 0.5)).isEqualTo(500);
    assertThat(policy.waitMillis(2, 0, 0.5)).isEqualTo(750);
    assertThat(policy.waitMillis(1, 0, 0)).isEqualTo(250);
    assertThat(policy.waitMillis(1, 0, 1)).isEqualTo(750);
    assertThat(policy.waitMillis(500, 0, 0.5)).isEqualTo(2_000);
    assertThat(policy.waitMillis(500, Duration.ofMinutes(15).toMillis(), 0.5)).isEqualTo(-1);
  }

  @Test
  void defaultsAreDaprs() {
    RetryPolicy policy = PolicyReader.retry(text("", "", "", "", ""));
    assertThat(policy.exponential()).isFalse();
    assertThat(policy.waitMillis(1_000_000, 0, 0)).isEqualTo(5_000);
    assertThat(PolicyReader.retry(text("constant", "1s", "0", "", "")).waitMillis(1, 0, 0))
        .isEqualTo(-1);
  }

  @Test
  void codesAreMatchedByTheListOfTheirKind() {
    RetryMatch match = PolicyReader.retry(text("", "", "", "500-502,429", "14,1-2")).match();
    assertThat(match.matches(501)).isTrue();
    assertThat(match.matches(429)).isTrue();
    assertThat(match.matches(503)).isFalse();
    assertThat(match.matches(14)).isTrue();
    assertThat(match.matches(2)).isTrue();
    assertThat(match.matches(13)).isFalse();
    assertThat(match.matches(RetryMatch.NO_CODE)).isTrue();
    RetryMatch onlyGrpc = PolicyReader.retry(text("", "", "", "", "14")).match();
    assertThat(onlyGrpc.matches(503)).isTrue();
  }

  @Test
  void badTextsAreNamed() {
    for (Retry bad :
        new Retry[] {
          text("linear", "", "", "", ""),
          text("", "soon", "", "", ""),
          text("", "", "many", "", ""),
          text("", "", "", "500, 502", ""),
          text("", "", "", "600", ""),
          text("", "", "", "502-500", ""),
          text("", "", "", "", "17"),
          text("", "", "", "", "1-2-3"),
        }) {
      assertThatThrownBy(() -> PolicyReader.retry(bad))
          .as(bad.toString())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching(".*(policy|duration|maxRetries|status code).*");
    }
  }
}
