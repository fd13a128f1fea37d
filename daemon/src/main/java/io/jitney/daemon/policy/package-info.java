/**
 * Policies that the node's operator writes (kinds {@code TenantPolicy} and {@code
 * TenantPolicyClass}, {@code jitney.io/v1alpha1}): {@link io.jitney.daemon.policy.PolicyParser}
 * reads them, {@link io.jitney.daemon.policy.PolicyFiles} keeps what each file said last when it
 * was right, {@link io.jitney.daemon.policy.PolicyWatch} notices changes and gives them to the
 * tenants' registry while calls go on. What policies mean is in {@code io.jitney.tenancy.policy}.
 *
 * <p>Reading happens on a thread of the watch, never on an event loop.
 */
@NullMarked
package io.jitney.daemon.policy;

import org.jspecify.annotations.NullMarked;
