/**
 * What a tenant may have: policies, and which of them counts for whom.
 *
 * <p>A {@link io.jitney.tenancy.policy.TenantPolicy} selects tenants by app id, labels or namespace
 * and gives values to some {@link io.jitney.tenancy.policy.PolicyField fields}; a {@link
 * io.jitney.tenancy.policy.PolicyClass} is a named set of values that policies refer to. All of a
 * node are a {@link io.jitney.tenancy.policy.PolicySet}: start there, its comment states the order
 * in which they count. What comes out for one tenant is an {@link
 * io.jitney.tenancy.policy.EffectivePolicy}, which is {@code Tenant.policy()}.
 *
 * <p>The table {@link io.jitney.tenancy.policy.PolicyField} is the one place that knows names,
 * units, ranges and descriptions; reading, documentation and {@code jitney policy explain} use it.
 *
 * <p>Threads: everything is immutable.
 */
@NullMarked
package io.jitney.tenancy.policy;

import org.jspecify.annotations.NullMarked;
