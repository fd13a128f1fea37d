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

  private static long series(MicrometerMetrics metrics) {
    return metrics.scrape().lines().filter(line -> line.contains("_count{")).count();
  }

  @Test
  void aBombOfEveryLabelStaysBelowItsTenantsLimitAndAnotherTenantHasItsOwn() {
    MicrometerMetrics red = new MicrometerMetrics("red", "", DEFAULT, () -> 100);
    MicrometerMetrics blue = new MicrometerMetrics("blue", "", DEFAULT, () -> 100);
    for (int i = 0; i < 20_000; i++) {
      red.httpServer("VERB" + i, "/v1.0/invoke/b/method/" + i, 200, 0, 0, 1);
      red.httpServer("GET", "/" + i, 200, 0, 0, 1);
      red.grpcServer("/a.B/" + i, 0, 0, 0, 1);
      red.component("state", "s" + i, "op" + i, true, 1);
      red.published("p", "topic" + i, false, true, 1);
    }
    blue.httpServer("PATCH", "/v1.0/invoke/b/method/x", 200, 0, 0, 1);

    assertThat(series(red)).isLessThan(700); // several of each combination, and one for each rest
    assertThat(red.scrape()).contains("method=\"UNKNOWN\"");
    assertThat(blue.scrape())
        .contains("path=\"/v1.0/invoke/b/method/x\"", "method=\"PATCH\"")
        .doesNotContain("other");
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
    assertThat(off.scrape()).doesNotContain("dapr_");
  }

  @Test
  void namesAndNumbersAreWhatPrometheusReads() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "", DEFAULT);
    metrics.httpServer("BREW", "/v1.0/metadata/", 200, 1_500_000, 10, 3_000_000);
    metrics.component("state", "s", "get", true, 1_234_567);
    assertThat(metrics.scrape().lines())
        .allMatch(
            line ->
                line.matches(
                    "# TYPE dapr_[a-z_]+ [a-z]+"
                        + "|dapr_[a-z_]+\\{([a-zA-Z_]+=\"[^\"]*\",?)+} [0-9.e+-]+"))
        .anyMatch(line -> line.contains("method=\"UNKNOWN\",path=\"/v1.0/metadata/\""))
        .anyMatch(line -> line.contains("request_bytes_bucket") && line.contains("le=\"262144\""))
        .anyMatch(line -> line.endsWith("le=\"1.048576e+06\"} 0"))
        .anyMatch(line -> line.endsWith("le=\"4.294967296e+09\"} 1"))
        .anyMatch(line -> line.contains("request_bytes_sum") && line.endsWith("} 1.5e+06"))
        .anyMatch(line -> line.contains("state_latencies_sum") && line.endsWith("} 1.234567"));
  }

  @Test
  void callsToTheAppAndProbesAreCounted() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "", DEFAULT);
    metrics.appHttpCall("POST", "/orders", 200, 10, 20, 1_000_000);
    metrics.appGrpcCall("/p.S/M", 5, 10, 20, 1_000_000);
    metrics.appProbe(true, 503, 1_000_000);
    metrics.appProbe(false, 0, 1_000_000);
    assertThat(metrics.scrape())
        .contains(
            "dapr_http_client_completed_count{app_id=\"a\",method=\"POST\",path=\"/orders\",status=\"200\"} 1\n")
        .contains(
            "dapr_http_client_sent_bytes_sum{app_id=\"a\",method=\"POST\",path=\"/orders\",status=\"200\"} 10\n")
        .contains("dapr_http_client_received_bytes_sum{app_id=\"a\"} 20\n")
        .contains(
            "dapr_grpc_io_client_completed_rpcs{app_id=\"a\",grpc_client_method=\"/p.S/M\",grpc_client_status=\"NotFound\"} 1\n")
        .contains("dapr_http_healthprobes_completed_count{app_id=\"a\",status=\"503\"} 1\n")
        .contains(
            "dapr_grpc_io_healthprobes_completed_count{app_id=\"a\",grpc_client_status=\"OK\"} 1\n");
  }

  @Test
  void aBulkIsOneCallWithAnyNumberOfOutcomes() {
    MicrometerMetrics metrics = new MicrometerMetrics("a", "ns", DEFAULT);
    metrics.pubsubBulkIngress("p", "t", List.of("drop", "success"), 1_000_000);
    metrics.pubsubBulkIngress("p", "t", List.of("success"), 1_000_000);
    assertThat(metrics.scrape())
        .contains(
            "dapr_component_pubsub_ingress_bulk_count{app_id=\"a\",component=\"p\",namespace=\"ns\",process_status=\"\",topic=\"t\"} 2\n")
        .contains(
            "ingress_bulk_event_count{app_id=\"a\",component=\"p\",namespace=\"ns\",process_status=\"drop\",topic=\"t\"} 1\n")
        .contains("process_status=\"success\",topic=\"t\"} 2\n")
        .contains(
            "ingress_bulk_latencies_count{app_id=\"a\",component=\"p\",namespace=\"ns\",process_status=\"\",topic=\"t\"} 2\n");
  }
}
