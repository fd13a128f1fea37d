package io.jitney.daemon.telemetry;

import io.jitney.daemon.resiliency.PolicyMetrics;
import io.jitney.daemon.resources.Configuration;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * The metrics of one instance in a registry of its own: buckets, labels and cardinality are its
 * Configuration's. Meters are looked up by a small record and kept, so that a call costs a few
 * additions.
 */
public final class MicrometerMetrics implements InstanceMetrics {
  /**
   * Most label combinations of one kind that an instance may make; the rest is counted under {@code
   * other}.
   */
  private static final int MAX_SERIES = 2_000;

  private static final String OTHER = "other";
  private static final String SWITCHED_OFF = "# metrics are switched off by the Configuration\n";
  private static final Set<String> VERBS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");
  private static final double[] LATENCY = {
    1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400,
    500, 650, 800, 1000, 2000, 5000, 10000, 20000, 50000, 100000
  };
  private static final double[] SIZE = {
    1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20,
    256 << 20, 1 << 30, 4L << 30
  };

  private record HttpKey(String method, String path, int status) {}

  private record HttpMeters(Counter requests, Counter responses, DistributionSummary latency) {}

  private record GrpcKey(String method, int code) {}

  private record GrpcMeters(
      Counter completed,
      DistributionSummary latency,
      DistributionSummary received,
      DistributionSummary sent) {}

  private record ComponentKey(String block, String component, String operation, boolean success) {}

  private record PublishKey(String component, String topic, boolean bulk, boolean success) {}

  private record IngressKey(String component, String topic, String status) {}

  private record ComponentMeters(Counter count, DistributionSummary latency) {}

  private final PlainRegistry registry = new PlainRegistry();
  private final Tags base;
  private final String namespace;
  private final Configuration.Metrics settings;
  private final double[] latencyBuckets;
  private final PathLabels paths;
  private final Map<HttpKey, HttpMeters> http = new ConcurrentHashMap<>();
  private final Map<GrpcKey, GrpcMeters> grpc = new ConcurrentHashMap<>();
  private final Map<ComponentKey, ComponentMeters> components = new ConcurrentHashMap<>();
  private final Map<PublishKey, ComponentMeters> published = new ConcurrentHashMap<>();
  private final Map<IngressKey, ComponentMeters> ingress = new ConcurrentHashMap<>();
  private final Map<IngressKey, ComponentMeters> bulkIngress = new ConcurrentHashMap<>();
  private final IntSupplier mostSeries;
  private final InvocationMeters invocation;
  private final ResiliencyMeters resiliency;
  private final AppCallMeters app;
  private final DistributionSummary httpRequestBytes;
  private final DistributionSummary httpResponseBytes;

  /**
   * @param appId label {@code app_id} of every series
   * @param namespace value of the {@code namespace} label where daprd has one: {@code NAMESPACE},
   *     or ""
   */
  public MicrometerMetrics(String appId, String namespace, Configuration.Metrics settings) {
    this(appId, namespace, settings, () -> Integer.MAX_VALUE);
  }

  /**
   * As {@link #MicrometerMetrics(String, String, Configuration.Metrics)}.
   *
   * @param mostSeries combinations of labels that calls may make, all kinds together
   */
  public MicrometerMetrics(
      String appId, String namespace, Configuration.Metrics settings, IntSupplier mostSeries) {
    this.mostSeries = mostSeries;
    this.base = Tags.of("app_id", appId);
    this.namespace = namespace;
    this.settings = settings;
    this.latencyBuckets =
        settings.latencyBuckets().isEmpty()
            ? LATENCY
            : settings.latencyBuckets().stream().mapToDouble(Integer::doubleValue).toArray();
    this.paths = new PathLabels(settings);
    this.invocation =
        new InvocationMeters(
            registry,
            base,
            tags ->
                summary(
                    "dapr_runtime_service_invocation_res_recv_latency_ms", tags, latencyBuckets));
    this.resiliency = new ResiliencyMeters(registry, base);
    this.app =
        new AppCallMeters(
            this::counter,
            (name, tags) -> summary(name, tags, latencyBuckets),
            (name, tags) -> summary(name, tags, SIZE),
            base);
    this.httpRequestBytes = summary("dapr_http_server_request_bytes", base, SIZE);
    this.httpResponseBytes = summary("dapr_http_server_response_bytes", base, SIZE);
  }

  private DistributionSummary summary(String name, Tags tags, double[] buckets) {
    return DistributionSummary.builder(name)
        .tags(tags)
        .serviceLevelObjectives(buckets)
        .distributionStatisticExpiry(
            Duration.ofDays(3650)) // Prometheus wants sums over the whole life
        .distributionStatisticBufferLength(1)
        .register(registry);
  }

  private Counter counter(String name, Tags tags) {
    return Counter.builder(name).tags(tags).register(registry);
  }

  /** Beyond the limit of this kind, or of the tenant, there is one series for the rest. */
  private <K, V> V bounded(Map<K, V> map, K key, K overflow, Function<K, V> make) {
    V known = map.get(key);
    if (known != null) {
      return known;
    }
    boolean room =
        map.size() < MAX_SERIES
            && http.size()
                    + grpc.size()
                    + components.size()
                    + ingress.size()
                    + published.size()
                    + bulkIngress.size()
                    + app.size()
                < mostSeries.getAsInt();
    return map.computeIfAbsent(room ? key : overflow, make);
  }

  @Override
  public void httpServer(
      String method, String path, int status, long requestBytes, long responseBytes, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    HttpKey key = new HttpKey(verb(method), paths.label(path), status);
    HttpMeters meters =
        bounded(http, key, new HttpKey(key.method(), OTHER, status), this::httpMeters);
    meters.requests().increment();
    if (settings.increasedCardinality()) {
      meters.responses().increment();
    }
    meters.latency().record(TimeUnit.NANOSECONDS.toMillis(nanos));
    httpRequestBytes.record(requestBytes);
    httpResponseBytes.record(responseBytes);
  }

  private String verb(String method) {
    return settings.excludeVerbs() ? "" : VERBS.contains(method) ? method : "UNKNOWN";
  }

  private HttpMeters httpMeters(HttpKey key) {
    Tags tags =
        base.and(
            "method", key.method(), "path", key.path(), "status", Integer.toString(key.status()));
    Counter requests = counter("dapr_http_server_request_count", tags);
    Counter responses =
        settings.increasedCardinality()
            ? counter("dapr_http_server_response_count", tags)
            : requests;
    return new HttpMeters(
        requests, responses, summary("dapr_http_server_latency", tags, latencyBuckets));
  }

  @Override
  public void grpcServer(
      String fullMethod, int code, long requestBytes, long responseBytes, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    GrpcMeters meters =
        bounded(grpc, new GrpcKey(fullMethod, code), new GrpcKey(OTHER, code), this::grpcMeters);
    meters.completed().increment();
    meters.latency().record(TimeUnit.NANOSECONDS.toMillis(nanos));
    meters.received().record(requestBytes);
    meters.sent().record(responseBytes);
  }

  private GrpcMeters grpcMeters(GrpcKey key) {
    Tags method = base.and("grpc_server_method", key.method());
    Tags both = method.and("grpc_server_status", statusWord(key.code()));
    return new GrpcMeters(
        counter("dapr_grpc_io_server_completed_rpcs", both),
        summary("dapr_grpc_io_server_server_latency", both, latencyBuckets),
        summary("dapr_grpc_io_server_received_bytes_per_rpc", method, SIZE),
        summary("dapr_grpc_io_server_sent_bytes_per_rpc", method, SIZE));
  }

  /** {@code NotFound} for NOT_FOUND, as Go prints codes; {@code OK} stays. */
  static String statusWord(int code) {
    GrpcStatus status = GrpcStatus.valueOf(code);
    if (status == null || status == GrpcStatus.OK) {
      return status == null ? "Code(" + code + ")" : "OK";
    }
    StringBuilder word = new StringBuilder();
    boolean upper = true;
    for (char c : status.name().toCharArray()) {
      if (c == '_') {
        upper = true;
      } else {
        word.append(upper ? c : Character.toLowerCase(c));
        upper = false;
      }
    }
    return word.toString();
  }

  @Override
  public void component(
      String block, String component, String operation, boolean success, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    ComponentKey key = new ComponentKey(block, component, operation, success);
    ComponentMeters meters =
        bounded(
            components, key, new ComponentKey(block, OTHER, OTHER, success), this::componentMeters);
    meters.count().increment();
    meters.latency().record(nanos / 1e6);
  }

  @Override
  public void pubsubIngress(String component, String topic, String status, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    ComponentMeters meters =
        bounded(
            ingress,
            new IngressKey(component, topic, status),
            new IngressKey(component, OTHER, status),
            this::ingressMeters);
    meters.count().increment();
    meters.latency().record(nanos / 1e6);
  }

  private ComponentMeters ingressMeters(IngressKey key) {
    Tags tags =
        base.and(
            "component", key.component(),
            "namespace", namespace,
            "process_status", key.status(),
            "status", key.status(),
            "topic", key.topic());
    String name = "dapr_component_pubsub_ingress";
    return new ComponentMeters(
        counter(name + "_count", tags), summary(name + "_latencies", tags, latencyBuckets));
  }

  @Override
  public void pubsubBulkIngress(
      String component, String topic, Collection<String> statuses, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    ComponentMeters all = bulkIngress(component, topic, "");
    all.count().increment();
    all.latency().record(nanos / 1e6);
    for (String status : statuses) {
      bulkIngress(component, topic, status).count().increment();
    }
  }

  private ComponentMeters bulkIngress(String component, String topic, String status) {
    return bounded(
        bulkIngress,
        new IngressKey(component, topic, status),
        new IngressKey(component, OTHER, status),
        this::bulkIngressMeters);
  }

  private ComponentMeters bulkIngressMeters(IngressKey key) {
    Tags tags =
        base.and(
            "component", key.component(),
            "namespace", namespace,
            "process_status", key.status(),
            "topic", key.topic());
    String name = "dapr_component_pubsub_ingress_bulk";
    boolean whole = key.status().isEmpty();
    return new ComponentMeters(
        counter(name + (whole ? "_count" : "_event_count"), tags),
        summary(
            name + "_latencies", whole ? tags : tags.and("process_status", ""), latencyBuckets));
  }

  @Override
  public void inputBinding(String component, boolean success, long nanos) {
    component("input_binding", component, "", success, nanos);
  }

  private ComponentMeters componentMeters(ComponentKey key) {
    Tags tags =
        base.and(
            "component", key.component(),
            "namespace", namespace,
            "success", Boolean.toString(key.success()));
    if (!key.operation().isEmpty()) {
      tags = tags.and("operation", key.operation());
    }
    String name = "dapr_component_" + key.block();
    return new ComponentMeters(
        counter(name + "_count", tags), summary(name + "_latencies", tags, latencyBuckets));
  }

  @Override
  public void published(String component, String topic, boolean bulk, boolean success, long nanos) {
    if (!settings.enabled()) {
      return;
    }
    ComponentMeters meters =
        bounded(
            published,
            new PublishKey(component, topic, bulk, success),
            new PublishKey(component, OTHER, bulk, success),
            this::publishMeters);
    meters.count().increment();
    meters.latency().record(nanos / 1e6);
  }

  private ComponentMeters publishMeters(PublishKey key) {
    Tags tags =
        base.and(
            "component", key.component(),
            "namespace", namespace,
            "success", Boolean.toString(key.success()),
            "topic", key.topic());
    String name = "dapr_component_pubsub_egress" + (key.bulk() ? "_bulk" : "");
    return new ComponentMeters(
        counter(name + "_count", tags), summary(name + "_latencies", tags, latencyBuckets));
  }

  @Override
  public void componentLoaded() {
    counter("dapr_runtime_component_loaded", base).increment();
  }

  @Override
  public void componentInit(String type, String name, String failure) {
    if (failure.isEmpty()) {
      counter("dapr_runtime_component_init_total", base.and("component", type)).increment();
    } else {
      counter(
              "dapr_runtime_component_init_fail_total",
              base.and("component", type, "reason", failure, "componentName", name))
          .increment();
    }
  }

  @Override
  public void error(String errorCode) {
    if (settings.enabled() && settings.recordErrorCodes()) {
      counter(
              "dapr_error_code_total",
              base.and("error_code", errorCode, "category", ErrorCategories.of(errorCode)))
          .increment();
    }
  }

  @Override
  public void invokeSent(String calleeAppId, boolean streaming) {
    if (settings.enabled()) {
      invocation.sent(calleeAppId, streaming);
    }
  }

  @Override
  public void invokeReceived(String callerAppId) {
    if (settings.enabled()) {
      invocation.received(callerAppId);
    }
  }

  @Override
  public void invokeAnswered(String callerAppId, int status) {
    if (settings.enabled()) {
      invocation.answered(callerAppId, status);
    }
  }

  @Override
  public void invokeAnswer(String calleeAppId, int status, boolean streaming, long nanos) {
    if (settings.enabled()) {
      invocation.answer(calleeAppId, status, streaming, nanos);
    }
  }

  @Override
  public void accessControl(
      boolean byPolicy,
      boolean allowed,
      String trustDomain,
      String callerNamespace,
      String callerAppId) {
    if (settings.enabled()) {
      invocation.accessControl(byPolicy, allowed, trustDomain, callerNamespace, callerAppId);
    }
  }

  @Override
  public void appHttpCall(
      String method, String path, int status, long sentBytes, long receivedBytes, long nanos) {
    if (settings.enabled()) {
      app.http(verb(method), paths.label(path), status, sentBytes, receivedBytes, nanos);
    }
  }

  @Override
  public void appGrpcCall(
      String fullMethod, int code, long sentBytes, long receivedBytes, long nanos) {
    if (settings.enabled()) {
      app.grpc(fullMethod, statusWord(code), sentBytes, receivedBytes, nanos);
    }
  }

  @Override
  public void appProbe(boolean http, int status, long nanos) {
    if (settings.enabled()) {
      app.probe(http, http ? Integer.toString(status) : statusWord(status), nanos);
    }
  }

  @Override
  public PolicyMetrics resiliency() {
    return settings.enabled() ? resiliency : PolicyMetrics.NONE;
  }

  @Override
  public String scrape() {
    return settings.enabled() ? PrometheusText.write(registry) : SWITCHED_OFF;
  }
}
