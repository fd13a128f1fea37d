package io.jitney.daemon.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.daemon.resources.Configuration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicrometerMetricsTest {
  private static final Configuration.Metrics DEFAULT = Configuration.Metrics.DEFAULT;

  @Test
  void twoTenantsCountApart() {
    MicrometerMetrics a = new MicrometerMetrics("a", "", DEFAULT);
    MicrometerMetrics b = new MicrometerMetrics("b", "ns", DEFAULT);
    a.httpServer("GET", "/v1.0/state/s/k", 200, 0, 10, 3_000_000);
    assertThat(a.scrape())
        .contains(
            "dapr_http_server_request_count{app_id=\"a\",method=\"GET\",path=\"/v1.0/state/s\",status=\"200\"} 1\n")
        .contains(
            "dapr_http_server_latency_bucket{app_id=\"a\",method=\"GET\",path=\"/v1.0/state/s\",status=\"200\",le=\"2\"} 0\n")
        .contains("status=\"200\",le=\"3\"} 1\n")
        .contains("dapr_http_server_response_bytes_sum{app_id=\"a\"} 10\n");
    assertThat(b.scrape()).doesNotContain("request_count");
  }

  @Test
  void componentsCarryNamespaceOperationAndSuccess() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "ns", DEFAULT);
    metrics.component("state", "s", "get", true, 1_500_000);
    metrics.component("state", "s", "get", true, 1_500_000);
    metrics.componentInit("state.redis", "s", "init");
    assertThat(metrics.scrape())
        .contains(
            "dapr_component_state_count{app_id=\"a\",component=\"s\",namespace=\"ns\",operation=\"get\",success=\"true\"} 2\n")
        .contains("reason=\"init\"} 1\n");
  }

  @Test
  void grpcStatusIsSpelledAsGoDoes() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "", DEFAULT);
    metrics.grpcServer("/dapr.proto.runtime.v1.Dapr/GetState", 5, 1, 2, 1);
    metrics.grpcServer("/dapr.proto.runtime.v1.Dapr/GetState", 0, 1, 2, 1);
    assertThat(metrics.scrape())
        .contains("grpc_server_status=\"NotFound\"} 1\n")
        .contains("grpc_server_status=\"OK\"} 1\n");
  }

  @Test
  void aFloodOfPathsEndsInOneSeries() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "", DEFAULT);
    for (int i = 0; i < 5_000; i++) {
      metrics.httpServer("GET", "/v1.0/invoke/b/method/" + i, 200, 0, 0, 1);
    }
    assertThat(
            metrics
                .scrape()
                .lines()
                .filter(line -> line.startsWith("dapr_http_server_request_count")))
        .hasSizeLessThanOrEqualTo(2_001)
        .anyMatch(line -> line.contains("path=\"other\""));
  }

  @Test
  void theConfigurationDecidesAboutLabels() {
    MicrometerMetrics lean =
        new MicrometerMetrics(
            "a",
            "",
            new Configuration.Metrics(
                true, true, false, true, List.of("/orders/{id}"), List.of(5)));
    lean.httpServer("GET", "/v1.0/invoke/b/method/orders/7", 200, 0, 0, 1);
    lean.httpServer("GET", "/elsewhere", 200, 0, 0, 1);
    lean.error("ERR_STATE_GET");
    assertThat(lean.scrape())
        .contains("method=\"\",path=\"/v1.0/invoke/{app_id}/method/orders/{id}\"")
        .contains("path=\"\"")
        .doesNotContain("response_count")
        .contains(
            "dapr_error_code_total{app_id=\"a\",category=\"state\",error_code=\"ERR_STATE_GET\"} 1\n");
    MicrometerMetrics off =
        new MicrometerMetrics(
            "a", "", new Configuration.Metrics(false, true, true, false, List.of(), List.of()));
    off.httpServer("GET", "/x", 200, 0, 0, 1);
    assertThat(off.scrape()).doesNotContain("request_count");
  }
}
