package io.jitney.tenancy;

import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.lifecycle.Announcer;
import io.jitney.tenancy.memory.MemoryBudget;
import io.jitney.tenancy.policy.EffectivePolicy;
import io.jitney.tenancy.policy.PolicySet;
import io.jitney.tenancy.policy.PolicySubject;
import io.jitney.tenancy.policy.PolicyValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
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

    // Guarded by the registry's lock.
    PolicySubject subject;
    Map<String, String> sidecarLabels = Map.of();

    Entry(Tenant tenant, PolicySubject subject) {
      this.tenant = tenant;
      this.subject = subject;
    }
  }

  private final Map<TenantId, Entry<R>> entries = new ConcurrentHashMap<>();
  private final Announcer<TenantListener<R>> announcer = new Announcer<>();
  private final Object lock = new Object();
  private final MemoryBudget memory;
  private volatile PolicySet policies;

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
    this(PolicySet.NONE.withNode(PolicyValues.limitsOf(defaultQuota)), memory);
  }

  /**
   * @param policies what counts for whom
   * @param memory what all tenants may hold together
   */
  public TenantRegistry(PolicySet policies, MemoryBudget memory) {
    this.policies = Objects.requireNonNull(policies, "policies");
    this.memory = memory;
  }

  /** Opens an instance; the first one makes the tenant. It begins as opening, without a runtime. */
  public Instance<R> open(TenantId id) {
    return open(id, Map.of());
  }

  /**
   * As {@link #open(TenantId)}.
   *
   * @param labels for policies to select by; a declared tenant has those of its declaration instead
   */
  public Instance<R> open(TenantId id, Map<String, String> labels) {
    Instance<R> instance;
    synchronized (lock) {
      Entry<R> entry = entryOf(id);
      entry.sidecarLabels = Map.copyOf(labels);
      if (!entry.tenant.declared()) {
        subject(entry, PolicySubject.of(id, labels));
      }
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
   * Makes a tenant known without an instance, or gives a known one a quota of its own, which counts
   * before all policies. Live: calls in flight stay counted. Declaring again replaces the quota.
   */
  public Tenant declare(TenantId id, Quota quota) {
    return declare(PolicySubject.of(id).with(PolicyValues.of(quota)));
  }

  /** As {@link #declare(PolicySubject)}, without labels or values of its own. */
  public Tenant declare(TenantId id) {
    return declare(PolicySubject.of(id));
  }

  /**
   * Makes a tenant known without an instance, or gives a known one other labels and values of its
   * own. Live: calls in flight stay counted.
   */
  public Tenant declare(PolicySubject subject) {
    Tenant tenant;
    synchronized (lock) {
      Entry<R> entry = entryOf(subject.tenant());
      entry.tenant.declared(true);
      subject(entry, subject);
      tenant = entry.tenant;
    }
    announcer.deliver();
    return tenant;
  }

  /**
   * Takes a declaration back: the tenant has no values of its own any more, the labels of its last
   * sidecar, and leaves with its last instance, or now. False if it was not declared.
   */
  public boolean undeclare(TenantId id) {
    synchronized (lock) {
      Entry<R> entry = entries.get(id);
      if (entry == null || !entry.tenant.declared()) {
        return false;
      }
      entry.tenant.declared(false);
      subject(entry, PolicySubject.of(id, entry.sidecarLabels));
      forgetIfUnused(entry);
    }
    announcer.deliver();
    return true;
  }

  /** The policies of the node. */
  public PolicySet policies() {
    return policies;
  }

  /** Changes the policies, live, for every tenant. */
  public void policies(PolicySet next) {
    policies(now -> Objects.requireNonNull(next, "next"));
  }

  /** Changes what counts where neither a tenant nor a policy says anything, live. */
  public void defaultQuota(Quota quota) {
    policies(now -> now.withNode(PolicyValues.limitsOf(quota)));
  }

  /** As {@link #policies(PolicySet)}, made from what is there; called under the lock. */
  public void policies(UnaryOperator<PolicySet> change) {
    synchronized (lock) {
      policies = change.apply(policies);
      entries.values().forEach(this::applyPolicy);
    }
    announcer.deliver();
  }

  /** What all tenants may hold together. */
  public MemoryBudget memory() {
    return memory;
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
    return entries.computeIfAbsent(
        id,
        key -> {
          PolicySubject subject = PolicySubject.of(key);
          EffectivePolicy policy = policies.resolve(subject);
          return new Entry<>(new Tenant(key, policy, memory.open(policy.weight())), subject);
        });
  }

  private void subject(Entry<R> entry, PolicySubject subject) {
    if (!subject.equals(entry.subject)) {
      entry.subject = subject;
      entry.tenant.labels(subject.labels());
      applyPolicy(entry);
    }
  }

  private void applyPolicy(Entry<R> entry) {
    Tenant tenant = entry.tenant;
    EffectivePolicy before = tenant.policy();
    EffectivePolicy now = policies.resolve(entry.subject);
    tenant.policy(now);
    if (!now.sameValues(before)) {
      announcer.enqueue(listener -> listener.policyChanged(tenant));
    }
  }

  private void forgetIfUnused(Entry<R> entry) {
    if (entry.instances.isEmpty() && !entry.tenant.declared()) {
      entries.remove(entry.tenant.id());
      memory.close(entry.tenant.memory());
    }
  }
}
