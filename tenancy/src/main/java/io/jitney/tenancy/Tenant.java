package io.jitney.tenancy;

import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.TenantAdmission;
import io.jitney.tenancy.memory.MemoryLedger;
import io.jitney.tenancy.policy.EffectivePolicy;
import java.util.Map;

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
  private final MemoryLedger memory;

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
    this.admission = new TenantAdmission(policy.quota());
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
