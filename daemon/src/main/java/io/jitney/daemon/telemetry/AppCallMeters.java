package io.jitney.daemon.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Calls of the daemon to the app ({@code dapr_http_client_*}, {@code dapr_grpc_io_client_*}) and
 * its health probes.
 */
final class AppCallMeters {
  /** Most label combinations of each kind; the rest is counted under {@code other}. */
  private static final int MAX_SERIES = 2_000;

  private static final String OTHER = "other";

  private record HttpKey(String method, String path, int status) {}

  private record GrpcKey(String method, String status) {}

  private record ProbeKey(boolean http, String status) {}

  private record Meters(Counter completed, DistributionSummary latency) {}

  private record Sized(Meters meters, DistributionSummary sent, DistributionSummary received) {}

  private final BiFunction<String, Tags, Counter> counters;
  private final BiFunction<String, Tags, DistributionSummary> latencies;
  private final BiFunction<String, Tags, DistributionSummary> sizes;
  private final Tags base;
  private final Map<HttpKey, Sized> http = new ConcurrentHashMap<>();
  private final Map<GrpcKey, Sized> grpc = new ConcurrentHashMap<>();
  private final Map<ProbeKey, Meters> probes = new ConcurrentHashMap<>();

  /**
   * All three register a meter with a name and tags.
   *
   * @param latencies in milliseconds
   * @param sizes in bytes
   */
  AppCallMeters(
      BiFunction<String, Tags, Counter> counters,
      BiFunction<String, Tags, DistributionSummary> latencies,
      BiFunction<String, Tags, DistributionSummary> sizes,
      Tags base) {
    this.counters = counters;
    this.latencies = latencies;
    this.sizes = sizes;
    this.base = base;
  }

  /** Combinations of labels that calls have made. */
  int size() {
    return http.size() + grpc.size();
  }

  void http(String method, String path, int status, long sent, long received, long nanos) {
    record(
        of(
            http,
            new HttpKey(method, path, status),
            new HttpKey(method, OTHER, status),
            this::httpMeters),
        sent,
        received,
        nanos);
  }

  void grpc(String method, String status, long sent, long received, long nanos) {
    record(
        of(grpc, new GrpcKey(method, status), new GrpcKey(OTHER, status), this::grpcMeters),
        sent,
        received,
        nanos);
  }

  void probe(boolean overHttp, String status, long nanos) {
    record(probes.computeIfAbsent(new ProbeKey(overHttp, status), this::probeMeters), nanos);
  }

  private static void record(Sized sized, long sent, long received, long nanos) {
    record(sized.meters(), nanos);
    sized.sent().record(sent);
    sized.received().record(received);
  }

  private static void record(Meters meters, long nanos) {
    meters.completed().increment();
    meters.latency().record((double) nanos / TimeUnit.MILLISECONDS.toNanos(1));
  }

  private static <K, V> V of(Map<K, V> map, K key, K overflow, Function<K, V> make) {
    V known = map.get(key);
    return known != null
        ? known
        : map.computeIfAbsent(map.size() < MAX_SERIES ? key : overflow, make);
  }

  private Sized httpMeters(HttpKey key) {
    Tags tags =
        base.and(
            "method", key.method(), "path", key.path(), "status", Integer.toString(key.status()));
    return new Sized(
        new Meters(
            counters.apply("dapr_http_client_completed_count", tags),
            latencies.apply("dapr_http_client_roundtrip_latency", tags)),
        sizes.apply("dapr_http_client_sent_bytes", tags),
        sizes.apply("dapr_http_client_received_bytes", base));
  }

  private Sized grpcMeters(GrpcKey key) {
    Tags method = base.and("grpc_client_method", key.method());
    Tags both = method.and("grpc_client_status", key.status());
    return new Sized(
        new Meters(
            counters.apply("dapr_grpc_io_client_completed_rpcs", both),
            latencies.apply("dapr_grpc_io_client_roundtrip_latency", both)),
        sizes.apply("dapr_grpc_io_client_sent_bytes_per_rpc", method),
        sizes.apply("dapr_grpc_io_client_received_bytes_per_rpc", method));
  }

  private Meters probeMeters(ProbeKey key) {
    Tags tags = base.and(key.http() ? "status" : "grpc_client_status", key.status());
    String name = key.http() ? "dapr_http_healthprobes" : "dapr_grpc_io_healthprobes";
    return new Meters(
        counters.apply(name + "_completed_count", tags),
        latencies.apply(name + "_roundtrip_latency", tags));
  }
}
