package io.jitney.daemon.admin;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.Tenant;
import io.jitney.tenancy.TenantRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What tenants have used, and had used at moments of the past: a snapshot every {@value
 * #PERIOD_SECONDS} seconds, as many as fit into {@value #MOST_ROWS} rows of one tenant each. Has a
 * thread of its own; may be asked from any.
 */
public final class UsageHistory implements AutoCloseable {
  static final int MOST_ROWS = 50_000;
  private static final long PERIOD_SECONDS = 10;

  /** Counters by tenant at one moment. */
  private record Moment(Instant at, Map<Tenant, JsonObject> counters) {}

  private final TenantRegistry<AppInstance> registry;
  private final InstantSource clock;
  private final Instant start;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("usage").daemon().factory());
  private @Nullable ScheduledFuture<?> looking;

  // Guarded by this.
  private final Deque<Moment> moments = new ArrayDeque<>();
  private int rows;

  public UsageHistory(TenantRegistry<AppInstance> registry) {
    this(registry, InstantSource.system());
  }

  /** For tests that bring their own time. */
  UsageHistory(TenantRegistry<AppInstance> registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    this.start = clock.instant();
  }

  /** Begins to take snapshots. */
  public synchronized void start() {
    looking =
        thread.scheduleAtFixedRate(this::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private Moment now() {
    Map<Tenant, JsonObject> counters = new HashMap<>();
    registry.tenants().forEach(tenant -> counters.put(tenant, TenantCounters.of(tenant)));
    return new Moment(clock.instant(), counters);
  }

  /** Takes a snapshot. */
  void look() {
    keep(now());
  }

  private synchronized void keep(Moment moment) {
    moments.addLast(moment);
    rows += moment.counters().size();
    while (rows > MOST_ROWS && moments.size() > 1) {
      rows -= moments.removeFirst().counters().size();
    }
  }

  /**
   * What each tenant has used.
   *
   * @param since how far back; null: since the daemon started, or the tenant came. The answer says
   *     from when it really counts: the last snapshot before, or the oldest that there is
   */
  JsonObject usage(@Nullable Duration since) {
    Moment now = now();
    Moment before = since == null ? null : before(now.at().minus(since));
    Instant from = before == null ? start : before.at();
    JsonArray tenants = new JsonArray();
    Map<String, JsonObject> sorted = new TreeMap<>();
    now.counters()
        .forEach(
            (tenant, counters) -> {
              JsonObject then = before == null ? null : before.counters().get(tenant);
              sorted.put(tenant.id().toString(), then == null ? counters : less(counters, then));
            });
    sorted.values().forEach(tenants::add);
    return new JsonObject()
        .put("since", from.toString())
        .put("seconds", Duration.between(from, now.at()).toMillis() / 1e3)
        .put("tenants", tenants);
  }

  /** The youngest moment that is not after {@code wanted}, else the oldest; null: the start. */
  private synchronized @Nullable Moment before(Instant wanted) {
    if (wanted.isBefore(start)) {
      return null;
    }
    Moment found = null;
    for (Moment moment : moments) {
      if (found != null && moment.at().isAfter(wanted)) {
        break;
      }
      if (found == null && moment.at().isAfter(wanted) && complete()) {
        return null; // nothing older was dropped: the daemon's start is nearer to what was asked
      }
      found = moment;
    }
    return found;
  }

  private boolean complete() {
    Moment oldest = moments.peekFirst();
    return oldest == null || Duration.between(start, oldest.at()).toSeconds() <= PERIOD_SECONDS + 1;
  }

  /** Counters are subtracted; what is a state of the moment stays. */
  private static JsonObject less(JsonObject now, JsonObject then) {
    JsonObject difference = new JsonObject();
    now.forEach(
        entry -> {
          String name = entry.getKey();
          difference.put(
              name,
              switch (name) {
                case "admitted",
                    "refused",
                    "cpuNanos",
                    "bytesIn",
                    "bytesOut",
                    "storeCalls",
                    "storeNanos" ->
                    now.getLong(name, 0L) - then.getLong(name, 0L);
                case "callsByApi", "refusals" -> {
                  JsonObject before = then.getJsonObject(name, new JsonObject());
                  JsonObject counts = new JsonObject();
                  now.getJsonObject(name)
                      .forEach(
                          one -> {
                            long count =
                                ((Number) one.getValue()).longValue()
                                    - before.getLong(one.getKey(), 0L);
                            if (count > 0) {
                              counts.put(one.getKey(), count);
                            }
                          });
                  yield counts;
                }
                default -> entry.getValue();
              });
        });
    return difference;
  }

  @Override
  public synchronized void close() {
    if (looking != null) {
      looking.cancel(false);
    }
    thread.shutdown();
  }
}
