package io.jitney.tenancy;

import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.lifecycle.Announcer;
import io.jitney.tenancy.memory.MemoryBudget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * All tenants of this node and their instances. A daemon has one.
 *
 * <p>A tenant is here while it has instances, or is <em>declared</em> (an apps file knows it), or
 * both. Reading takes no lock and costs one map look-up; opening, closing and declaring take turns
 * under a short lock.
 *
 * @param <R> what the daemon runs for an instance
 */
public final class TenantRegistry<R> {

  /** A tenant with its instances. The list is immutable and swapped whole. */
  private static final class Entry<R> {
    final Tenant tenant;
    final PickByLoad pick = new PickByLoad();
    volatile List<Instance<R>> instances = List.of();

    // Guarded by the registry's lock. Null: the default, as it is at the time.
    @Nullable Quota ownQuota;

    Entry(Tenant tenant) {
      this.tenant = tenant;
    }
  }

  private final Map<TenantId, Entry<R>> entries = new ConcurrentHashMap<>();
  private final Announcer<TenantListener<R>> announcer = new Announcer<>();
  private final Object lock = new Object();
  private final MemoryBudget memory;
  private volatile Quota defaultQuota;

  // Guarded by the lock.
  private long lastNumber;

  /** A registry whose tenants have no limits unless they are declared with some. */
  public TenantRegistry() {
    this(Quota.UNLIMITED);
  }

  /**
   * @param defaultQuota for each tenant (not for all together) that is not declared with its own
   */
  public TenantRegistry(Quota defaultQuota) {
    this(defaultQuota, MemoryBudget.unlimited());
  }

  /**
   * @param defaultQuota for each tenant (not for all together) that is not declared with its own
   * @param memory what all tenants may hold together
   */
  public TenantRegistry(Quota defaultQuota, MemoryBudget memory) {
    this.memory = memory;
    this.defaultQuota = Objects.requireNonNull(defaultQuota, "defaultQuota");
  }

  /** Opens an instance; the first one makes the tenant. It begins as opening, without a runtime. */
  public Instance<R> open(TenantId id) {
    Instance<R> instance;
    synchronized (lock) {
      Entry<R> entry = entryOf(id);
      instance = new Instance<>(this, new InstanceId(id, ++lastNumber), entry.tenant);
      List<Instance<R>> more = new ArrayList<>(entry.instances);
      more.add(instance);
      entry.instances = List.copyOf(more);
      entry.tenant.opened(more.size());
      announcer.enqueue(listener -> listener.opened(instance));
    }
    announcer.deliver();
    return instance;
  }

  /** For {@link Instance#close()}, which calls it once. */
  void remove(Instance<R> instance) {
    synchronized (lock) {
      Entry<R> entry = entries.get(instance.id().tenant());
      if (entry == null) {
        throw new AssertionError(instance + " was not in its registry");
      }
      List<Instance<R>> rest = new ArrayList<>(entry.instances);
      rest.remove(instance);
      entry.instances = List.copyOf(rest);
      entry.tenant.closed(rest.size());
      forgetIfUnused(entry);
      announcer.enqueue(listener -> listener.closed(instance));
    }
    announcer.deliver();
  }

  /**
   * Makes a tenant known without an instance, or gives a known one a quota of its own. Live: calls
   * in flight stay counted. Declaring again replaces the quota.
   */
  public Tenant declare(TenantId id, Quota quota) {
    return declareWith(id, Objects.requireNonNull(quota, "quota"));
  }

  /** As {@link #declare(TenantId, Quota)}, with the default quota, also when that changes. */
  public Tenant declare(TenantId id) {
    return declareWith(id, null);
  }

  private Tenant declareWith(TenantId id, @Nullable Quota ownQuota) {
    synchronized (lock) {
      Entry<R> entry = entryOf(id);
      entry.ownQuota = ownQuota;
      entry.tenant.declared(true);
      applyQuota(entry);
      return entry.tenant;
    }
  }

  /**
   * Takes a declaration back: the tenant has the default quota again and leaves with its last
   * instance, or now. False if it was not declared.
   */
  public boolean undeclare(TenantId id) {
    synchronized (lock) {
      Entry<R> entry = entries.get(id);
      if (entry == null || !entry.tenant.declared()) {
        return false;
      }
      entry.ownQuota = null;
      entry.tenant.declared(false);
      applyQuota(entry);
      forgetIfUnused(entry);
      return true;
    }
  }

  public Quota defaultQuota() {
    return defaultQuota;
  }

  /** Changes the default, live, for every tenant that has no quota of its own. */
  public void defaultQuota(Quota quota) {
    synchronized (lock) {
      defaultQuota = Objects.requireNonNull(quota, "quota");
      entries.values().forEach(this::applyQuota);
    }
  }

  public Optional<Tenant> tenant(TenantId id) {
    Entry<R> entry = entries.get(id);
    return entry == null ? Optional.empty() : Optional.of(entry.tenant);
  }

  /**
   * The tenant's instances in order of opening, in whatever state; empty for an unknown tenant. An
   * immutable snapshot, made when an instance opens or closes and only handed out here: fit for the
   * way of a call.
   */
  public List<Instance<R>> instances(TenantId id) {
    Entry<R> entry = entries.get(id);
    return entry == null ? List.of() : entry.instances;
  }

  /**
   * The instance of {@code id} to send a call to: among those that are {@code ready} the one with
   * the least {@code load}, equals in turn. Null if none is ready. See {@link PickByLoad#pick}.
   */
  public @Nullable Instance<R> pick(
      TenantId id, Predicate<? super Instance<R>> ready, ToLongFunction<? super Instance<R>> load) {
    Entry<R> entry = entries.get(id);
    return entry == null ? null : entry.pick.pick(entry.instances, ready, load);
  }

  /** All tenants, in no order; a copy, for status and metrics. */
  public Collection<Tenant> tenants() {
    return entries.values().stream().map(entry -> entry.tenant).toList();
  }

  /** All instances of all tenants; a copy, for status, metrics and shutdown. */
  public Collection<Instance<R>> instances() {
    return entries.values().stream().flatMap(entry -> entry.instances.stream()).toList();
  }

  /** Adds a listener for what happens from now on. */
  public void addListener(TenantListener<R> listener) {
    announcer.add(listener);
  }

  public void removeListener(TenantListener<R> listener) {
    announcer.remove(listener);
  }

  private Entry<R> entryOf(TenantId id) {
    return entries.computeIfAbsent(id, key -> new Entry<>(new Tenant(key, defaultQuota, memory.open(1))));
  }

  private void applyQuota(Entry<R> entry) {
    Quota own = entry.ownQuota;
    entry.tenant.admission().quota(own == null ? defaultQuota : own);
  }

  private void forgetIfUnused(Entry<R> entry) {
    if (entry.instances.isEmpty() && !entry.tenant.declared()) {
      entries.remove(entry.tenant.id());
      memory.close(entry.tenant.memory());
    }
  }
}
