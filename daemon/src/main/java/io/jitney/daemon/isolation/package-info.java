/**
 * Keeps tenants from each other's way on the event loops: whose work a loop does is measured, and
 * when more is wanted than one turn of the loop can do, requests wait by tenant and are served by
 * weighted fair queueing.
 *
 * <p>Start at {@link io.jitney.daemon.isolation.Isolation}, which the node has one of; then {@link
 * io.jitney.daemon.isolation.LoopGate}, one for each event loop. {@link
 * io.jitney.daemon.isolation.Account} is what a tenant is here, and what components see of it. ADR
 * 0008 says why it is done so.
 *
 * <p>Threads: a loop's gate belongs to its loop; the rest may be used from any.
 */
@NullMarked
package io.jitney.daemon.isolation;

import org.jspecify.annotations.NullMarked;
