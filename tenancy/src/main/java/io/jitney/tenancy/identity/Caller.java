package io.jitney.tenancy.identity;

import io.jitney.tenancy.InstanceId;
import io.jitney.tenancy.TenantId;

/** A known caller, and what it is known by. */
public sealed interface Caller {

  /** The tenant that the call is made as. */
  TenantId tenant();

  /** Came in on a listener that belongs to one instance: a virtual sidecar's port. */
  record ByListener(InstanceId instance) implements Caller {

    @Override
    public TenantId tenant() {
      return instance.tenant();
    }
  }

  /** Presented the tenant's API token. */
  record ByToken(TenantId tenant) implements Caller {}

  /** Came from an address that is the tenant's alone. */
  record ByAddress(TenantId tenant) implements Caller {}
}
