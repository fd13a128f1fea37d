/**
 * Tenants and their instances: who lives on this node.
 *
 * <p>A <em>tenant</em> is a namespace and an app id; it owns what is counted and limited (quota,
 * admission, usage). An <em>instance</em> is one running copy of the app (a pod, a virtual
 * sidecar); it owns what a daprd process would own, which is the {@code R} that the daemon attaches
 * to it. This module is JDK and Bucket4j only: it knows no Vert.x, no protos, no Kubernetes and no
 * component, so that tenants can be tested by the thousand in milliseconds.
 *
 * <p>Start at {@link io.jitney.tenancy.TenantRegistry}. The rooms beside this one: {@code
 * lifecycle} (legal moves of an instance), {@code identity} (which tenant is calling), {@code
 * admission} (how much it may do), {@code scope} (what it may name).
 *
 * <p>Threads: everything here may be called from any thread, event loops included. Nothing blocks
 * beyond a short lock when an instance opens or closes; reads take no lock.
 */
@NullMarked
package io.jitney.tenancy;

import org.jspecify.annotations.NullMarked;
