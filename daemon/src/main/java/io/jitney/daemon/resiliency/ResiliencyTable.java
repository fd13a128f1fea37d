package io.jitney.daemon.resiliency;

import io.jitney.daemon.resources.ResiliencyResource;
import io.jitney.daemon.resources.ResiliencyResource.ComponentTarget;
import io.jitney.daemon.resources.ResiliencyResource.Target;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All Resiliency resources of one app instance, merged: which policy a call to an app, an endpoint
 * or a component has. Holds the circuit breakers, so a table made anew begins with closed ones.
 *
 * <p>Threads: any.
 */
public final class ResiliencyTable {
  private static final int BREAKERS_PER_APP = 100;

  /** A default policy makes a breaker for whatever app id a caller names. */
  private static final int APPS = 1_000;

  private final LongSupplier nanoClock;
  private final PolicyMetrics metrics;
  private final Map<String, Duration> timeouts = new HashMap<>();
  private final Map<String, RetryPolicy> retries = new HashMap<>();
  private final Map<String, BreakerPolicy> breakers = new HashMap<>();
  private final Map<String, Target> apps = new HashMap<>();
  private final Map<String, ComponentTarget> components = new HashMap<>();

  /** Of components that were asked for, by name: they are asked for at each call. */
  private final Map<ComponentType, Map<String, Policy>> inbound = byName();

  private final Map<ComponentType, Map<String, Policy>> outbound = byName();

  /** Names of the defaults of apps; "" where there is none. */
  private String timeoutOfApps = "";

  private String retryOfApps = "";
  private String breakerOfApps = "";

  /** No resource, as with most apps: their calls need not look further. */
  private boolean empty = true;

  /** By component name: inbound, outbound and all building blocks share one. Guarded by itself. */
  private final Map<String, CircuitBreaker> componentBreakers = new HashMap<>();

  /** By app, then by key of the call. Guarded by itself. */
  private final Recent<Recent<CircuitBreaker>> appBreakers = new Recent<>(APPS);

  /** Holds so many; the least recently used leaves first. */
  private static final class Recent<T> extends LinkedHashMap<String, T> {
    private static final long serialVersionUID = 1L;

    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
      return size() > most;
    }
  }

  private ResiliencyTable(LongSupplier nanoClock, PolicyMetrics metrics) {
    this.nanoClock = nanoClock;
    this.metrics = metrics;
  }

  /** No resource: built-in retries only. */
  public static ResiliencyTable none() {
    return new ResiliencyTable(System::nanoTime, PolicyMetrics.NONE);
  }

  /**
   * Merges resources, a later one over an earlier one. What can not be read is reported and left
   * out; the rest counts.
   *
   * @param problems gets a line for each resource that has a fault
   */
  public static ResiliencyTable of(
      List<ResiliencyResource> resources, PolicyMetrics metrics, Consumer<String> problems) {
    return of(resources, metrics, problems, System::nanoTime);
  }

  static ResiliencyTable of(
      List<ResiliencyResource> resources,
      PolicyMetrics metrics,
      Consumer<String> problems,
      LongSupplier nanoClock) {
    ResiliencyTable table = new ResiliencyTable(nanoClock, metrics);
    for (ResiliencyResource resource : resources) {
      table.empty = false;
      metrics.loaded(resource.metadata().name(), resource.metadata().namespace());
      try {
        table.add(resource, problems);
      } catch (IllegalArgumentException bad) {
        problems.accept(
            "Could not read resiliency policy "
                + resource.metadata().name()
                + ": "
                + bad.getMessage());
      }
    }
    table.timeoutOfApps =
        firstNamed(table.timeouts, "DefaultAppTimeoutPolicy", "DefaultTimeoutPolicy");
    table.retryOfApps = firstNamed(table.retries, "DefaultAppRetryPolicy", "DefaultRetryPolicy");
    table.breakerOfApps =
        firstNamed(table.breakers, "DefaultAppCircuitBreakerPolicy", "DefaultCircuitBreakerPolicy");
    return table;
  }

  private static Map<ComponentType, Map<String, Policy>> byName() {
    Map<ComponentType, Map<String, Policy>> caches = new EnumMap<>(ComponentType.class);
    for (ComponentType type : ComponentType.values()) {
      caches.put(type, new ConcurrentHashMap<>(2));
    }
    return caches;
  }

  private void add(ResiliencyResource resource, Consumer<String> problems) {
    resource
        .timeouts()
        .forEach(
            (name, text) ->
                timeouts.put(name, PolicyReader.duration("timeouts." + name, text, Duration.ZERO)));
    resource
        .retries()
        .forEach((name, retry) -> addRetry(name, PolicyReader.retry(retry), problems));
    resource
        .circuitBreakers()
        .forEach((name, breaker) -> breakers.put(name, PolicyReader.breaker(name, breaker)));
    apps.putAll(resource.apps());
    components.putAll(resource.components());
  }

  private void addRetry(String name, RetryPolicy retry, Consumer<String> problems) {
    for (BuiltIn builtIn : BuiltIn.values()) {
      if (!builtIn.policyName().equals(name)) {
        continue;
      }
      if (builtIn == BuiltIn.ACTOR_NOT_FOUND) {
        problems.accept("Attempted override of " + name + " is not allowed.");
        return;
      }
      retries.put(name, retry.atLeast(BuiltIn.LEAST_RETRIES));
      return;
    }
    retries.put(name, retry);
  }

  /** Whether the app (or endpoint name, or base URL) has a target of its own, an empty one too. */
  public boolean hasApp(String target) {
    return apps.containsKey(target);
  }

  /** Whether a call to the app may have a policy; if not, nobody need ask for it. */
  boolean concerns(String target) {
    return !empty
        && (apps.containsKey(target)
            || !timeoutOfApps.isEmpty()
            || !retryOfApps.isEmpty()
            || !breakerOfApps.isEmpty());
  }

  /**
   * The policy of a call to an app.
   *
   * @param target app id, HTTPEndpoint name or base URL
   * @param key what the circuit breakers of the target are told apart by: the method
   */
  public Policy app(String target, String key) {
    if (empty) {
      return Policy.NONE;
    }
    Target own = apps.get(target);
    if (own != null) {
      return policy(
          Direction.OUTBOUND,
          "app_",
          target,
          named(timeouts, own.timeout()),
          named(retries, own.retry()),
          appBreaker(target, key, own.circuitBreaker(), own.circuitBreakerCacheSize()));
    }
    return policy(
        Direction.OUTBOUND,
        "app_",
        target,
        named(timeouts, timeoutOfApps),
        named(retries, retryOfApps),
        appBreaker(target, key, breakerOfApps, ""));
  }

  /** The policy of calls between a component and the daemon. */
  public Policy component(String name, ComponentType type, Direction direction) {
    if (empty) {
      return Policy.NONE;
    }
    Map<String, Policy> cache =
        Objects.requireNonNull((direction == Direction.INBOUND ? inbound : outbound).get(type));
    Policy known = cache.get(name);
    return known != null
        ? known
        : cache.computeIfAbsent(name, first -> resolve(name, type, direction));
  }

  private Policy resolve(String name, ComponentType type, Direction direction) {
    ComponentTarget own = components.get(name);
    if (own != null) {
      Target target = direction == Direction.INBOUND ? own.inbound() : own.outbound();
      return policy(
          direction,
          type.prefix(),
          name,
          named(timeouts, target.timeout()),
          named(retries, target.retry()),
          componentBreaker(name, target.circuitBreaker()));
    }
    return policy(
        direction,
        type.prefix(),
        name,
        named(timeouts, componentDefault(timeouts, type, direction, "TimeoutPolicy")),
        named(retries, componentDefault(retries, type, direction, "RetryPolicy")),
        componentBreaker(
            name, componentDefault(breakers, type, direction, "CircuitBreakerPolicy")));
  }

  /** Retries that are there without a resource. */
  public Policy builtIn(BuiltIn which) {
    return new Policy(Duration.ZERO, retries.getOrDefault(which.policyName(), which.retry()), null);
  }

  private Policy policy(
      Direction direction,
      String prefix,
      String target,
      @Nullable Duration timeout,
      @Nullable RetryPolicy retry,
      @Nullable CircuitBreaker breaker) {
    return timeout == null && retry == null && breaker == null
        ? Policy.NONE
        : new Policy(
            timeout == null ? Duration.ZERO : timeout,
            retry,
            breaker,
            new PolicyMeter(metrics, direction, prefix + target));
  }

  private static <T> @Nullable T named(Map<String, T> all, String name) {
    return name.isEmpty() ? null : all.get(name);
  }

  private static String componentDefault(
      Map<String, ?> all, ComponentType type, Direction direction, String suffix) {
    return firstNamed(
        all,
        "Default" + type.word() + "Component" + direction.word() + suffix,
        "DefaultComponent" + direction.word() + suffix,
        "DefaultComponent" + suffix,
        "Default" + suffix);
  }

  /** The first of these names that there is; "" when there is none. */
  private static String firstNamed(Map<String, ?> all, String... names) {
    for (String name : names) {
      if (all.containsKey(name)) {
        return name;
      }
    }
    return "";
  }

  private @Nullable CircuitBreaker componentBreaker(String component, String policyName) {
    BreakerPolicy policy = named(breakers, policyName);
    if (policy == null) {
      return null;
    }
    synchronized (componentBreakers) {
      return componentBreakers.computeIfAbsent(
          component, first -> new CircuitBreaker(policy, nanoClock));
    }
  }

  private @Nullable CircuitBreaker appBreaker(
      String app, String key, String policyName, String cacheSize) {
    BreakerPolicy policy = named(breakers, policyName);
    if (policy == null) {
      return null;
    }
    synchronized (appBreakers) {
      return appBreakers
          .computeIfAbsent(app, first -> new Recent<>(size(cacheSize)))
          .computeIfAbsent(key, first -> new CircuitBreaker(policy, nanoClock));
    }
  }

  private static int size(String text) {
    try {
      int size = text.isEmpty() ? 0 : Integer.parseInt(text);
      return size > 0 ? size : BREAKERS_PER_APP;
    } catch (NumberFormatException odd) {
      return BREAKERS_PER_APP;
    }
  }
}
