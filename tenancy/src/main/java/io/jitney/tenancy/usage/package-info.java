/**
 * What tenants use of the node, counted exactly.
 *
 * <p>Start at {@link io.jitney.tenancy.usage.TenantUsage}: counters that the daemon adds to, and
 * snapshots of them. {@link io.jitney.tenancy.usage.CpuShares} divides the processor time of the
 * process among tenants by what they were measured to use of it.
 *
 * <p>Threads: any.
 */
@NullMarked
package io.jitney.tenancy.usage;

import org.jspecify.annotations.NullMarked;
