package io.jitney.daemon.state;

import io.jitney.tenancy.TenantId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose keys begin with what, in each store that tenants of this node share. Dapr's key prefix is
 * made to keep apps apart and holds the app id alone, so apps of one id in two namespaces would
 * share their state. The first to come has the prefix until it closes. One per node; threads: any.
 */
public final class KeyClaims {
  private record Keys(String place, String start) {}

  private static final class Owner {
    final TenantId tenant;
    int openings;

    Owner(TenantId tenant) {
      this.tenant = tenant;
    }
  }

  private final Map<Keys, Owner> owners = new HashMap<>();

  /**
   * Takes a prefix for one opening of a store.
   *
   * @param place what the store's keys are in, equal for all openings that see the same keys
   * @return gives it back, to be run once; null when another tenant has it
   */
  public synchronized @Nullable Runnable take(String place, KeyPrefix prefix, TenantId tenant) {
    Keys keys = new Keys(place, prefix.start());
    Owner owner = owners.computeIfAbsent(keys, first -> new Owner(tenant));
    if (!owner.tenant.equals(tenant)) {
      return null;
    }
    owner.openings++;
    return () -> giveBack(keys, owner);
  }

  private synchronized void giveBack(Keys keys, Owner owner) {
    if (--owner.openings == 0) {
      owners.remove(keys, owner);
    }
  }
}
