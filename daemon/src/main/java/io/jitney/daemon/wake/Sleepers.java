package io.jitney.daemon.wake;

import io.jitney.daemon.instance.AppInstance;
import io.jitney.tenancy.TenantId;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The apps of the node that scale to zero, and who of all apps is awake. Threads: any. */
public final class Sleepers {
  private final Vertx vertx;
  private final WakeHooks hooks;
  private final Map<TenantId, Sleeper> sleepers = new ConcurrentHashMap<>();

  /** Instances whose app is there; under the map's lock of their tenant. */
  private final Map<TenantId, List<AppInstance>> awake = new ConcurrentHashMap<>();

  public Sleepers(Vertx vertx) {
    this.vertx = vertx;
    hooks = new WakeHooks(new WakeCommand(), new WakeRequest(vertx));
  }

  /** Null for an app that does not scale to zero. */
  public @Nullable Sleeper of(TenantId app) {
    return sleepers.isEmpty() ? null : sleepers.get(app);
  }

  /**
   * The app scales to zero, by this rule from now on.
   *
   * @param environment the daemon's: hooks may be given some of it
   */
  public Sleeper declare(TenantId app, WakeRule rule, Map<String, String> environment) {
    Sleeper known = sleepers.get(app);
    if (known != null) {
      known.rule(rule);
      return known;
    }
    Sleeper made = new Sleeper(vertx, app, rule, environment, hooks);
    awake.compute(
        app,
        (id, there) -> {
          sleepers.put(app, made);
          made.alreadyAwake(there == null ? List.of() : there);
          return there;
        });
    return made;
  }

  /** It does not any more. */
  public void undeclare(TenantId app) {
    Sleeper known = sleepers.remove(app);
    if (known != null) {
      known.close();
    }
  }

  /** An instance opens that brings its app. */
  public void expected(AppInstance instance) {
    Sleeper sleeper = of(instance.tenant());
    if (sleeper != null && instance.keeper() == null && instance.settings().app() != null) {
      sleeper.expected();
    }
  }

  /** Remembers an instance whose app is there; the sleeper to be told, if any. */
  @Nullable Sleeper coming(AppInstance instance) {
    awake.compute(
        instance.tenant(),
        (id, there) -> {
          List<AppInstance> more = there == null ? new ArrayList<>() : new ArrayList<>(there);
          if (!more.contains(instance)) {
            more.add(instance);
          }
          return List.copyOf(more);
        });
    // One that is declared in this moment has been told already; a second time does nothing.
    return of(instance.tenant());
  }

  @Nullable Sleeper gone(AppInstance instance) {
    awake.computeIfPresent(
        instance.tenant(),
        (id, there) -> {
          List<AppInstance> rest = new ArrayList<>(there);
          rest.remove(instance);
          return rest.isEmpty() ? null : List.copyOf(rest);
        });
    return of(instance.tenant());
  }

  /** The parts of an instance's life around those that bring its app what comes from outside. */
  public Handover handover(AppInstance instance, Handover.Clocks clocks) {
    return new Handover(this, instance, clocks);
  }
}
