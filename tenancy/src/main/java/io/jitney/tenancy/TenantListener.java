package io.jitney.tenancy;

/**
 * Told when instances come and go and when policies change, after the fact and in that order.
 *
 * <p>Called outside any lock, by the thread that made the change or by one that made another at the
 * same time. Must be quick and must not block; an exception is logged and disturbs nobody.
 *
 * @param <R> what the daemon runs for an instance
 */
public interface TenantListener<R> {

  /** The instance is in the registry; it has no runtime yet. */
  default void opened(Instance<R> instance) {}

  /** The instance has left the registry. */
  default void closed(Instance<R> instance) {}

  /**
   * Another policy counts for the tenant, and at least one value differs: {@code tenant.policy()}
   * says it already.
   */
  default void policyChanged(Tenant tenant) {}
}
