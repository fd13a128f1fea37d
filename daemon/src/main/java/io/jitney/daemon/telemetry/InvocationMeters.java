package io.jitney.daemon.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Counters of service invocation between apps ({@code dapr_runtime_service_invocation_*}, {@code
 * dapr_runtime_acl_*}).
 */
final class InvocationMeters {
  /** Most apps that are told apart for each counter; the rest is counted under {@code other}. */
  private static final int MAX_SERIES = 2_000;

  private static final String OTHER = "other";
  private static final String PREFIX = "dapr_runtime_service_invocation_";

  private record Sent(String app, boolean streaming) {}

  private record Answered(String app, int status) {}

  private record Answer(String app, int status, boolean streaming) {}

  private record AnswerMeters(Counter count, DistributionSummary latency) {}

  private final MeterRegistry registry;
  private final Tags base;
  private final Function<Tags, DistributionSummary> latency;
  private final Map<Sent, Counter> sent = new ConcurrentHashMap<>();
  private final Map<String, Counter> received = new ConcurrentHashMap<>();
  private final Map<Answered, Counter> answered = new ConcurrentHashMap<>();
  private final Map<Answer, AnswerMeters> answers = new ConcurrentHashMap<>();

  /**
   * @param latency registers {@code dapr_runtime_service_invocation_res_recv_latency_ms} with tags
   */
  InvocationMeters(MeterRegistry registry, Tags base, Function<Tags, DistributionSummary> latency) {
    this.registry = registry;
    this.base = base;
    this.latency = latency;
  }

  void sent(String callee, boolean streaming) {
    of(
            sent,
            new Sent(callee, streaming),
            new Sent(OTHER, streaming),
            key ->
                counter(
                    PREFIX + "req_sent_total",
                    "dst_app_id",
                    key.app(),
                    "type",
                    type(key.streaming())))
        .increment();
  }

  void received(String caller) {
    of(received, caller, OTHER, app -> counter(PREFIX + "req_recv_total", "src_app_id", app))
        .increment();
  }

  void answered(String caller, int status) {
    of(
            answered,
            new Answered(caller, status),
            new Answered(OTHER, status),
            key ->
                counter(
                    PREFIX + "res_sent_total",
                    "dst_app_id",
                    key.app(),
                    "status",
                    Integer.toString(key.status())))
        .increment();
  }

  void answer(String callee, int status, boolean streaming, long nanos) {
    AnswerMeters meters =
        of(
            answers,
            new Answer(callee, status, streaming),
            new Answer(OTHER, status, streaming),
            key -> {
              String word = Integer.toString(key.status());
              return new AnswerMeters(
                  counter(
                      PREFIX + "res_recv_total",
                      "src_app_id",
                      key.app(),
                      "status",
                      word,
                      "type",
                      type(key.streaming())),
                  latency.apply(base.and("src_app_id", key.app(), "status", word)));
            });
    meters.count().increment();
    meters.latency().record(nanos / 1e6);
  }

  /** {@code app_id} is the caller's there, as in daprd. */
  void accessControl(
      boolean byPolicy, boolean allowed, String trustDomain, String namespace, String caller) {
    String name =
        "dapr_runtime_acl_"
            + (byPolicy ? "app" : "global")
            + "_policy_action_"
            + (allowed ? "allowed" : "blocked")
            + "_total";
    Counter.builder(name)
        .tags("app_id", caller, "trustDomain", trustDomain, "namespace", namespace)
        .register(registry)
        .increment();
  }

  private static <K, V> V of(Map<K, V> map, K key, K overflow, Function<K, V> make) {
    V known = map.get(key);
    return known != null
        ? known
        : map.computeIfAbsent(map.size() < MAX_SERIES ? key : overflow, make);
  }

  private Counter counter(String name, String... tags) {
    return Counter.builder(name).tags(base.and(tags)).register(registry);
  }

  private static String type(boolean streaming) {
    return streaming ? "streaming" : "unary";
  }
}
