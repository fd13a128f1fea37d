package io.jitney.tenancy;

import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.TenantAdmission;
import io.jitney.tenancy.connection.TenantConnections;
import io.jitney.tenancy.fair.Flow;
import io.jitney.tenancy.memory.MemoryLedger;
import io.jitney.tenancy.policy.ComponentShare;
import io.jitney.tenancy.policy.EffectivePolicy;
import io.jitney.tenancy.usage.TenantUsage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all instances of one app on this node share: policy, admission and usage.
 *
 * <p>Lives from its first instance or its declaration, whichever comes first, until it has neither;
 * an app that comes back after that begins anew, with fresh counters.
 *
 * <p>Threads: any.
 */
public final class Tenant {
  private final TenantId id;
  private final TenantAdmission admission;
  private final Flow flow;
  private final Map<String, Flow> componentFlows = new ConcurrentHashMap<>();
  private final TenantUsage counters = new TenantUsage();
  private final MemoryLedger memory;
  private final TenantConnections connections = new TenantConnections();

  // Written under the registry's lock.
  private volatile EffectivePolicy policy;
  private volatile Map<String, String> labels = Map.of();
  private volatile boolean declared;
  private volatile int instances;
  private volatile long instancesOpened;

  Tenant(TenantId id, EffectivePolicy policy, MemoryLedger memory) {
    this.id = id;
    this.policy = policy;
    this.memory = memory;
    this.admission = new TenantAdmission(policy.quota(), counters::refused);
    this.flow = new Flow(id.toString());
    share(policy);
    connections.limit(policy.connections(), policy.acceptRate());
  }

  public TenantId id() {
    return id;
  }

  /**
   * What counts for it now, field by field. Changes when policies do, as a whole: read it where it
   * is needed instead of keeping it, or listen to {@link TenantListener#policyChanged}.
   */
  public EffectivePolicy policy() {
    return policy;
  }

  /** The part of {@link #policy()} that admission checks. */
  public Quota quota() {
    return admission.quota();
  }

  /** The labels that policies select by; those of its declaration, else of its last sidecar. */
  public Map<String, String> labels() {
    return labels;
  }

  /** The one place where the calls of all its instances are let in. */
  public TenantAdmission admission() {
    return admission;
  }

  /** What all its instances hold of the node's memory. */
  public MemoryLedger memory() {
    return memory;
  }

  /** Its share where things are contended; changed by its policy. */
  public Flow flow() {
    return flow;
  }

  /**
   * Its share at a component of that name. Kept from the first time on, so ask for components that
   * there are, not for names that callers send.
   */
  public Flow flow(String component) {
    Flow known = componentFlows.get(component);
    if (known == null) {
      Flow made = new Flow(id + " at " + component);
      known = componentFlows.putIfAbsent(component, made);
      known = known == null ? made : known;
      share(known, policy.component(component)); // also when a policy came meanwhile
    }
    return known;
  }

  /** Calls of it that wait for anything: a loop, a worker, a store, an app, memory. */
  public int waiting() {
    int sum = memory.waiting() + flow.waiting();
    for (Flow its : componentFlows.values()) {
      sum += its.waiting();
    }
    return sum;
  }

  /** What it uses of the node, counted. */
  public TenantUsage counters() {
    return counters;
  }

  /** Its client connections, over all listeners. */
  public TenantConnections connections() {
    return connections;
  }

  /** Whether an apps file or the like knows it, with or without instances. */
  public boolean declared() {
    return declared;
  }

  public Usage usage() {
    return new Usage(admission.counts(), instances, instancesOpened);
  }

  void policy(EffectivePolicy policy) {
    this.policy = policy;
    admission.quota(policy.quota());
    memory.weight(policy.weight());
    connections.limit(policy.connections(), policy.acceptRate());
    share(policy);
  }

  private void share(EffectivePolicy policy) {
    flow.change(policy.weight(), policy.minShare());
    componentFlows.forEach((name, its) -> share(its, policy.component(name)));
  }

  private static void share(Flow flow, ComponentShare share) {
    int max = share.max();
    flow.change(share.weight(), share.min(), max == Integer.MAX_VALUE ? 0 : max);
  }

  void labels(Map<String, String> labels) {
    this.labels = labels;
  }

  void declared(boolean declared) {
    this.declared = declared;
  }

  synchronized void opened(int instances) {
    this.instances = instances;
    this.instancesOpened = instancesOpened + 1;
  }

  synchronized void closed(int instances) {
    this.instances = instances;
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
