package io.jitney.tenancy;

import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.admission.TenantAdmission;
import io.jitney.tenancy.memory.MemoryLedger;

/**
 * What all instances of one app on this node share: quota, admission and usage.
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
  private volatile boolean declared;
  private volatile int instances;
  private volatile long instancesOpened;

  Tenant(TenantId id, Quota quota, MemoryLedger memory) {
    this.id = id;
    this.memory = memory;
    this.admission = new TenantAdmission(quota);
  }

  public TenantId id() {
    return id;
  }

  /** Its own quota if it was declared with one, else the registry's default. */
  public Quota quota() {
    return admission.quota();
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
