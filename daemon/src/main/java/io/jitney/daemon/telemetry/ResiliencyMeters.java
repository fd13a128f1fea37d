package io.jitney.daemon.telemetry;

import io.jitney.daemon.resiliency.Direction;
import io.jitney.daemon.resiliency.PolicyMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** {@code dapr_resiliency_*}: daprd's counters of policies. */
final class ResiliencyMeters implements PolicyMetrics {
  /** Most combinations that are told apart; targets beyond are counted under {@code other}. */
  private static final int MAX_SERIES = 1_000;

  private static final String OTHER = "other";
  private static final List<String> STATES = List.of("closed", "half-open", "open", "unknown");

  private record Resource(String name, String namespace) {}

  private record Key(
      boolean activated,
      Resource resource,
      Part part,
      Direction direction,
      String target,
      String status) {}

  private record Breaker(Resource resource, Direction direction, String target) {}

  private final MeterRegistry registry;
  private final Tags base;
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Breaker, AtomicReference<String>> breakers = new ConcurrentHashMap<>();
  private volatile Resource resource = new Resource("", "");

  ResiliencyMeters(MeterRegistry registry, Tags base) {
    this.registry = registry;
    this.base = base;
  }

  @Override
  public void loaded(String name, String namespace) {
    resource = new Resource(name, namespace);
    Counter.builder("dapr_resiliency_loaded")
        .tags(base.and("name", name, "namespace", namespace))
        .register(registry)
        .increment();
  }

  @Override
  public void used(Part part, Direction direction, String target, String status) {
    count(new Key(false, resource, part, direction, target, status));
  }

  @Override
  public void activated(Part part, Direction direction, String target, String status) {
    count(new Key(true, resource, part, direction, target, status));
  }

  private void count(Key key) {
    Counter known = counters.get(key);
    if (known == null) {
      Key named =
          counters.size() < MAX_SERIES
              ? key
              : new Key(key.activated, key.resource, key.part, key.direction, OTHER, key.status);
      known = counters.computeIfAbsent(named, this::counter);
    }
    known.increment();
    if (key.part == Part.CIRCUIT_BREAKER) {
      state(new Breaker(key.resource, key.direction, key.target), key.status);
    }
  }

  private void state(Breaker breaker, String status) {
    AtomicReference<String> state = breakers.get(breaker);
    if (state == null) {
      if (breakers.size() >= MAX_SERIES) {
        return;
      }
      state = breakers.computeIfAbsent(breaker, this::gauges);
    }
    state.set(status);
  }

  private AtomicReference<String> gauges(Breaker breaker) {
    AtomicReference<String> state = new AtomicReference<>("");
    for (String status : STATES) {
      Gauge.builder("dapr_resiliency_cb_state", () -> status.equals(state.get()) ? 1 : 0)
          .tags(
              tags(
                  breaker.resource,
                  Part.CIRCUIT_BREAKER,
                  breaker.direction,
                  breaker.target,
                  status))
          .register(registry);
    }
    return state;
  }

  private Counter counter(Key key) {
    return Counter.builder(
            key.activated ? "dapr_resiliency_activations_total" : "dapr_resiliency_count")
        .tags(tags(key.resource, key.part, key.direction, key.target, key.status))
        .register(registry);
  }

  private Tags tags(Resource of, Part part, Direction direction, String target, String status) {
    return base.and(
        "flow_direction",
        direction.name().toLowerCase(Locale.ROOT),
        "name",
        of.name,
        "namespace",
        of.namespace,
        "policy",
        part.word(),
        "status",
        status,
        "target",
        target);
  }
}
